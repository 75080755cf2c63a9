// Files that are either whole or not there, and errno as our errors. Used by daemon and workers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/result.hpp"

namespace reeld::engine {

// disk_full where errno says that space or quota ran out, else `otherwise`; the message is `what` and the
// system's words.
Error file_error(int error_number, const std::string& what, Code otherwise);

Result<std::string> read_text(const std::filesystem::path& file);

// Writes beside it, syncs, renames: readers see the old text or the new one, also after a power cut.
Result<void> write_text(const std::filesystem::path& file, std::string_view text);

// Gives a finished file its final name: syncs it, renames it (over what was there), syncs the folder. Both
// lie in one file system.
Result<void> publish_file(const std::filesystem::path& finished, const std::filesystem::path& target);

// Bytes of all regular files below `folder`; 0 where it is not there.
std::int64_t folder_size(const std::filesystem::path& folder);

// How errors travel between processes and to clients: {"code", "message", "path"}.
nlohmann::json to_json(const Error& error);
// Never fails: what is no error becomes an internal one.
Error error_from_json(const nlohmann::json& json);

}  // namespace reeld::engine
