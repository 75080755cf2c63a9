// A real reeld with a configuration of the test's, which can be killed and started again over its data.
#pragma once

#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/apps/daemon.hpp"

namespace reeld::test {

// Reads `folder`/reeld.toml; its own files lie in `folder`/daemon.
inline std::unique_ptr<Daemon> start_configured(const std::filesystem::path& folder) {
  return std::make_unique<Daemon>(folder / "daemon",
                                  std::vector<std::string>{"--config", (folder / "reeld.toml").string()});
}

inline void kill(Daemon& daemon) {
  daemon.send(SIGKILL);
  daemon.wait();
}

}  // namespace reeld::test
