// A plugin's manifest: what its author says of it, in DIR/NAME/plugin.toml or plugin.json. Reading one starts
// nothing. docs/plugins.md lists the keys for people.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "providers/provider.hpp"

namespace reeld::providers {

inline constexpr int kPluginProtocol = 1;

// What a plugin may use. Each has a range, which the error for a value outside of it names.
struct PluginLimits {
  int parallel = 1;                           // requests at once, 1..16
  std::chrono::milliseconds start{10000};     // from its start to its hello, 0.1..120 s
  std::chrono::milliseconds silent{15000};    // without any message it counts as hanging, 0.5..300 s
  std::chrono::milliseconds cancel{2000};     // from a cancel to the answer, 0.1..30 s
  std::chrono::milliseconds request{300000};  // for one request, 0.1..3600 s
  int memory_mb = 8192;                       // of address space, 64..1048576
  int file_mb = 1024;                         // of one file that it writes, 1..65536
};

struct PluginManifest {
  std::filesystem::path folder;      // resolved; the process works in it
  std::string name;                  // as requests say it: a-z, 0-9 and -, the folder's name
  std::string version;               // of the plugin; what it made is made again when it changes
  std::vector<std::string> program;  // the argument vector; the first is an absolute path inside the folder
  std::vector<Capability> capabilities;
  std::map<Capability, std::vector<std::string>> models;  // the first is asked where a request names none
  std::vector<std::string> secrets;                       // environment variables that it is given
  bool network = true;                                    // it needs one
  PluginLimits limits;
};

// Reads the manifest in `folder`. Errors: file_missing (no manifest, no program); path_not_allowed where
// others than the owner may change the folder, the manifest or the program, where it belongs to another user
// than this process's or root, or where the program lies outside; invalid_request and unknown_field, naming
// file and key, the nearest known key too.
Result<PluginManifest> read_manifest(const std::filesystem::path& folder);

// Whether only the owner, who is this user or root, may write there. Errors: file_missing, path_not_allowed.
Result<void> check_only_owner_writes(const std::filesystem::path& path);

}  // namespace reeld::providers
