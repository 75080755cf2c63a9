// The folders that a person allowed files to be read from, and the way to a file or folder below them.
// Immutable after it is made, so any thread may ask.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace reeld::providers {

class AllowedRoots {
 public:
  explicit AllowedRoots(const std::vector<std::filesystem::path>& roots);

  // Each gives the path with symbolic links resolved, of what `name` says, relative to `base_dir` where it is
  // not absolute; `field` is the error's path. Nothing is opened but to see that it can be. Errors:
  // invalid_request (a zero byte), path_not_allowed, file_missing, file_unreadable (also where it is of the
  // other kind).
  Result<std::filesystem::path> file(const std::filesystem::path& base_dir, const std::string& name,
                                     const std::string& field) const;
  Result<std::filesystem::path> folder(const std::filesystem::path& base_dir, const std::string& name,
                                       const std::string& field) const;

 private:
  Result<std::filesystem::path> existing(const std::filesystem::path& tried, const std::string& field) const;
  Result<void> check_allowed(const std::filesystem::path& file, const std::string& field) const;

  std::vector<std::filesystem::path> roots_;
};

}  // namespace reeld::providers
