// What the host of plugins is given by whoever starts it.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "providers/secret.hpp"

namespace reeld::providers {

// When a plugin that died is started again: after `first_delay`, which doubles with every death within
// `window`; after `most_deaths` of them, not before `pause` has passed.
struct RestartRule {
  std::chrono::milliseconds first_delay{100};
  std::chrono::milliseconds window{60000};
  std::chrono::milliseconds pause{60000};
  int most_deaths = 5;
};

struct PluginOptions {
  // Where a named secret is found; an empty one is not handed on.
  std::function<Secret(const std::string& name)> secret = secret_from_environment;
  // What a plugin prints and what becomes of it, without secrets. Called from the plugin's thread.
  std::function<void(const std::string& plugin, const std::string& line)> log;
  // Where the sockets' private folders are made. Empty: the temporary folder. A socket's path has at most 107
  // bytes, of which 30 are needed for what is below this one.
  std::filesystem::path run_dir;
  RestartRule restart;
};

}  // namespace reeld::providers
