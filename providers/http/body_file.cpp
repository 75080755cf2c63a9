#include "providers/http/body_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace reeld::providers {
namespace {

Error unwritten(const std::filesystem::path& path) {
  const int number = errno;
  const bool full = number == ENOSPC || number == EDQUOT;
  return {full ? Code::disk_full : Code::target_unwritable,
          "cannot write " + path.string() + ": " + std::generic_category().message(number)};
}

}  // namespace

Result<BodyFile> BodyFile::create(std::filesystem::path path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (fd < 0) return unwritten(path);
  return BodyFile(std::move(path), fd);
}

BodyFile::BodyFile(BodyFile&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}

BodyFile::~BodyFile() {
  if (fd_ < 0) return;
  ::close(fd_);
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

Result<void> BodyFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unwritten(path_);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> BodyFile::finish() {
  // Some file systems only say here that there was no space.
  if (::close(std::exchange(fd_, -1)) == 0) return {};
  const Error error = unwritten(path_);
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
  return error;
}

}  // namespace reeld::providers
