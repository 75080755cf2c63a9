// One daemon a data directory: a lock that the kernel lets go when the process ends, however it ends.
#pragma once

#include <filesystem>

#include "base/result.hpp"

namespace reeld {

class DataDirLock {
 public:
  // Makes the directory (0700) where it is not there. Errors: already_running with the other's pid,
  // target_unwritable.
  static Result<DataDirLock> take(const std::filesystem::path& data_dir);
  ~DataDirLock();
  DataDirLock(DataDirLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  DataDirLock& operator=(DataDirLock&&) = delete;

 private:
  explicit DataDirLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace reeld
