#include "engine/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "engine/folder_use.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  Descriptor(const fs::path& file, int flags, mode_t mode = 0644)
      : fd_(::open(file.c_str(), flags | O_CLOEXEC, mode)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Result<void> write_all(int fd, std::string_view text, const fs::path& file) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error(errno, "cannot write " + file.string(), Code::target_unwritable);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> sync_path(const fs::path& path, int flags) {
  const Descriptor descriptor(path, flags);
  if (descriptor.get() < 0 || ::fsync(descriptor.get()) != 0) {
    return file_error(errno, "cannot bring " + path.string() + " to disk", Code::target_unwritable);
  }
  return {};
}

}  // namespace

Error file_error(int error_number, const std::string& what, Code otherwise) {
  const bool full = error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG;
  return Error{full ? Code::disk_full : otherwise, what + ": " + std::strerror(error_number)};
}

Result<std::string> read_text(const fs::path& file) {
  std::error_code ignored;
  if (fs::is_directory(file, ignored))
    return Error{Code::file_unreadable, file.string() + " is a folder, not a file"};
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return file_error(errno, "cannot read " + file.string(),
                      errno == ENOENT ? Code::file_missing : Code::file_unreadable);
  }
  std::ostringstream text;
  text << in.rdbuf();
  if (in.bad()) return Error{Code::file_unreadable, "cannot read " + file.string()};
  return std::move(text).str();
}

Result<void> write_text(const fs::path& file, std::string_view text) {
  fs::path temporary = file;
  temporary += ".tmp";
  const auto written = [&]() -> Result<void> {
    const Descriptor descriptor(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    if (descriptor.get() < 0) {
      return file_error(errno, "cannot make " + temporary.string(), Code::target_unwritable);
    }
    return write_all(descriptor.get(), text, temporary);
  }();
  auto published = written ? publish_file(temporary, file) : written;
  if (!published) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
  }
  return published;
}

Result<void> publish_file(const fs::path& finished, const fs::path& target) {
  REELD_TRY(sync_path(finished, O_RDONLY));
  if (::rename(finished.c_str(), target.c_str()) != 0) {
    return file_error(errno, "cannot give " + target.string() + " its name", Code::target_unwritable);
  }
  return sync_path(target.parent_path().empty() ? fs::path(".") : target.parent_path(),
                   O_RDONLY | O_DIRECTORY);
}

std::int64_t folder_size(const fs::path& folder) {
  return folder_use(folder).bytes;
}

nlohmann::json to_json(const Error& error) {
  return {{"code", code_name(error.code)}, {"message", error.message}, {"path", error.path}};
}

Error error_from_json(const nlohmann::json& json) {
  const auto text = [&](const char* key) {
    const auto it = json.is_object() ? json.find(key) : json.end();
    return it != json.end() && it->is_string() ? it->get<std::string>() : std::string();
  };
  const std::string message = text("message");
  return Error{code_from_name(text("code")).value_or(Code::internal),
               message.empty() ? "an error without words: " + json.dump() : message, text("path")};
}

}  // namespace reeld::engine
