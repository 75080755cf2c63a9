// What the daemon can be told: by its command line, else by its TOML file, else a default. See
// packaging/reeld.toml, which names every key with its default.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "engine/service.hpp"

namespace reeld {

struct Config {
  std::string endpoint;  // empty: the default of ipc/endpoint
  std::string log_level = "info";
  double drain_seconds = 60;
  engine::ServiceOptions service;
};

// Defaults for this machine: XDG state directory, one slot for every four cores, the worker beside the
// daemon's program.
Config default_config();

// `file` over `config`. Errors: file_missing; invalid_request naming file, line or key, unknown keys
// included.
Result<void> read_config(const std::filesystem::path& file, Config& config);

// $XDG_CONFIG_HOME/reeld/reeld.toml
std::filesystem::path default_config_file();

}  // namespace reeld
