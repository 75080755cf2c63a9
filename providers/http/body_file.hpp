// The file that an answer's body goes into. Gone with the object unless it was finished.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.hpp"

namespace reeld::providers {

class BodyFile {
 public:
  // Replaces what is there; never follows a link. Errors of all: target_unwritable, disk_full.
  static Result<BodyFile> create(std::filesystem::path path);
  BodyFile(BodyFile&& other) noexcept;
  BodyFile& operator=(BodyFile&&) = delete;
  ~BodyFile();

  Result<void> write(std::string_view bytes);
  Result<void> finish();

 private:
  BodyFile(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}

  std::filesystem::path path_;
  int fd_;  // -1 once finished
};

}  // namespace reeld::providers
