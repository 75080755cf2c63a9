#include "providers/secret.hpp"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace reeld::providers {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxSecretBytes = 4096;

}  // namespace

Secret::Secret(Secret&& other) noexcept {
  std::swap(text_, other.text_);
}

Secret& Secret::operator=(Secret other) noexcept {
  std::swap(text_, other.text_);
  return *this;
}

Secret::~Secret() {
  explicit_bzero(text_.data(), text_.size());
}

Secret secret_from_environment(const std::string& variable) {
  const char* value = std::getenv(variable.c_str());
  return Secret(value != nullptr ? value : "");
}

Result<Secret> secret_from_file(const fs::path& file) {
  const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return Error{Code::file_missing, "the key file " + file.string() + " cannot be opened"};
  struct stat facts {};
  std::array<char, kMaxSecretBytes> bytes{};
  const bool regular = fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode);
  const ssize_t size = regular ? read(fd, bytes.data(), bytes.size()) : -1;
  close(fd);
  if (size < 0) return Error{Code::file_missing, "the key file " + file.string() + " cannot be read"};
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error{Code::path_not_allowed,
                 "the key file " + file.string() + " can be read by others; run: chmod 600 " + file.string()};
  }
  const std::string_view text(bytes.data(), static_cast<std::size_t>(size));
  Secret secret{std::string(text.substr(0, text.find_first_of("\r\n")))};
  explicit_bzero(bytes.data(), bytes.size());
  return secret;
}

std::string without_secret(std::string text, const Secret& secret) {
  if (secret.empty()) return text;
  const std::string& key = secret.reveal();
  const std::string_view mark = "[key]";
  // On behind the mark: a key such as "key" is within it.
  for (auto at = text.find(key); at != std::string::npos; at = text.find(key, at + mark.size()))
    text.replace(at, key.size(), mark);
  return text;
}

}  // namespace reeld::providers
