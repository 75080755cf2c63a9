#include "providers/services/references.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "providers/media_type.hpp"

namespace reeld::providers {
namespace {

constexpr std::size_t kBeginning = 64;  // bytes that tell a media type

class OpenFile {
 public:
  // O_NONBLOCK: opening a pipe without a writer must not wait for one.
  explicit OpenFile(const std::filesystem::path& file)
      : fd_(open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)) {}
  ~OpenFile() {
    if (fd_ >= 0) close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

std::string names_of(const std::vector<std::string>& types) {
  std::string names;
  for (const std::string& type : types) names += (names.empty() ? "" : ", ") + type;
  return names;
}

// At most `most` bytes from the file's beginning; fewer where it ends before.
Result<std::string> beginning_of(const OpenFile& file, std::size_t most, const Reference& reference,
                                 const std::string& path) {
  std::string bytes(most, '\0');
  std::size_t size = 0;
  while (size < most) {
    const ssize_t got = read(file.fd(), bytes.data() + size, most - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return Error{Code::file_unreadable,
                   "the reference " + reference.file.string() + " cannot be read: " + std::strerror(errno),
                   path};
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

// One reference: its whole content where `whole`, else its beginning; `left` is what all may still have.
Result<ReferenceBytes> read_reference(const Reference& reference, const ReferenceLimits& limits, bool whole,
                                      std::size_t& left, const std::string& path) {
  const std::string name = "the reference " + reference.file.string();
  const OpenFile file(reference.file);
  if (file.fd() < 0 && (errno == ENOENT || errno == ENOTDIR))
    return Error{Code::file_missing, name + " is not there", path};
  struct stat facts {};
  if (file.fd() < 0 || fstat(file.fd(), &facts) != 0)
    return Error{Code::file_unreadable, name + " cannot be read: " + std::strerror(errno), path};
  if (!S_ISREG(facts.st_mode)) return Error{Code::file_unreadable, name + " is not a regular file", path};
  const auto size = static_cast<std::size_t>(facts.st_size);
  if (size > limits.max_bytes_each || size > left)
    return Error{Code::limit_exceeded,
                 name + " has " + std::to_string(size) + " bytes; at most " +
                     std::to_string(limits.max_bytes_each) + " are taken, and " +
                     std::to_string(limits.max_bytes_all) + " of all references together",
                 path};
  left -= size;
  REELD_ASSIGN(std::string bytes,
               beginning_of(file, whole ? size : std::min(size, kBeginning), reference, path));
  const std::string type = sniffed_media_type(std::string_view(bytes).substr(0, kBeginning));
  if (std::ranges::find(limits.media_types, type) == limits.media_types.end())
    return Error{Code::picture_invalid,
                 name + " is " + (type.empty() ? "no picture" : type) + "; the service reads " +
                     names_of(limits.media_types),
                 path};
  return ReferenceBytes{type, std::move(bytes)};
}

Result<std::vector<ReferenceBytes>> read_all(const std::vector<Reference>& references,
                                             const ReferenceLimits& limits, bool whole) {
  std::vector<ReferenceBytes> all;
  std::size_t left = limits.max_bytes_all;
  for (std::size_t i = 0; i < references.size(); ++i) {
    REELD_ASSIGN(ReferenceBytes one,
                 read_reference(references[i], limits, whole, left, "/references/" + std::to_string(i)));
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace

Result<void> check_references(const std::vector<Reference>& references, const ReferenceLimits& limits) {
  REELD_TRY(read_all(references, limits, false));
  return {};
}

Result<std::vector<ReferenceBytes>> read_references(const std::vector<Reference>& references,
                                                    const ReferenceLimits& limits) {
  return read_all(references, limits, true);
}

}  // namespace reeld::providers
