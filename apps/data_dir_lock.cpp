#include "apps/data_dir_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "engine/files.hpp"

namespace reeld {

Result<DataDirLock> DataDirLock::take(const std::filesystem::path& data_dir) {
  std::error_code error;
  if (std::filesystem::create_directories(data_dir, error)) ::chmod(data_dir.c_str(), 0700);
  if (error) {
    return engine::file_error(error.value(), "cannot make the data directory " + data_dir.string(),
                              Code::target_unwritable);
  }
  const auto file = data_dir / "lock";
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return engine::file_error(errno, "cannot open " + file.string(), Code::target_unwritable);
  DataDirLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    char pid[32] = {};
    const ssize_t n = ::pread(fd, pid, sizeof pid - 1, 0);
    return Error{Code::already_running, "another reeld" +
                                            (n > 0 ? " (process " + std::string(pid) + ")" : std::string()) +
                                            " works in " + data_dir.string() +
                                            "; stop it, or give this one a --data-dir of its own"};
  }
  const std::string own = std::to_string(::getpid());
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, own.data(), own.size(), 0) < 0) {
    return engine::file_error(errno, "cannot write " + file.string(), Code::target_unwritable);
  }
  return lock;
}

DataDirLock::~DataDirLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace reeld
