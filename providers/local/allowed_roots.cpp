#include "providers/local/allowed_roots.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace reeld::providers {
namespace {

namespace fs = std::filesystem;

// By components, so that /a/bc is not below /a/b.
bool is_below(const fs::path& file, const fs::path& root) {
  const auto [left, right] = std::mismatch(root.begin(), root.end(), file.begin(), file.end());
  // A root written with a slash at its end has an empty last component.
  return left == root.end() || (left->empty() && std::next(left) == root.end());
}

Error unreadable(const fs::path& file, const std::string& why, const std::string& field) {
  return {Code::file_unreadable, "The file " + file.string() + " cannot be read: " + why + ".", field};
}

// O_NONBLOCK: opening a pipe without a writer must not wait for one.
Result<void> check_readable(const fs::path& file, const std::string& field) {
  const int fd = open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return unreadable(file, std::strerror(errno), field);
  struct stat facts {};
  const bool known = fstat(fd, &facts) == 0;
  close(fd);
  if (known && S_ISDIR(facts.st_mode)) return unreadable(file, "it is a folder", field);
  if (!known || !S_ISREG(facts.st_mode)) return unreadable(file, "it is not a regular file", field);
  return {};
}

Result<fs::path> tried_path(const fs::path& base_dir, const std::string& name, const std::string& field) {
  if (name.find('\0') != std::string::npos) {
    return Error{Code::invalid_request, "A path cannot contain a zero byte.", field};
  }
  return base_dir / name;
}

}  // namespace

AllowedRoots::AllowedRoots(const std::vector<fs::path>& roots) {
  for (const fs::path& root : roots) {
    std::error_code failure;
    const fs::path resolved = fs::weakly_canonical(root, failure);
    if (!failure) roots_.push_back(resolved);
  }
}

Result<fs::path> AllowedRoots::file(const fs::path& base_dir, const std::string& name,
                                    const std::string& field) const {
  REELD_ASSIGN(const fs::path tried, tried_path(base_dir, name, field));
  REELD_ASSIGN(fs::path file, existing(tried, field));
  REELD_TRY(check_readable(file, field));
  return file;
}

Result<fs::path> AllowedRoots::folder(const fs::path& base_dir, const std::string& name,
                                      const std::string& field) const {
  REELD_ASSIGN(const fs::path tried, tried_path(base_dir, name, field));
  REELD_ASSIGN(fs::path folder, existing(tried, field));
  std::error_code failure;
  if (!fs::is_directory(folder, failure)) return unreadable(folder, "it is no folder", field);
  return folder;
}

Result<fs::path> AllowedRoots::existing(const fs::path& tried, const std::string& field) const {
  const fs::path shown = tried.lexically_normal();
  std::error_code failure;
  fs::path found = fs::weakly_canonical(tried, failure);
  if (failure) return unreadable(shown, failure.message(), field);
  // The root comes first, so that nobody learns what is there outside the roots.
  REELD_TRY(check_allowed(found, field));
  if (!fs::exists(found, failure)) {
    if (failure) return unreadable(shown, failure.message(), field);
    return Error{Code::file_missing, "There is no file at " + shown.string() + ".", field};
  }
  return found;
}

Result<void> AllowedRoots::check_allowed(const fs::path& file, const std::string& field) const {
  std::string names;
  for (const fs::path& root : roots_) {
    if (is_below(file, root)) return {};
    names += (names.empty() ? "" : ", ") + root.string();
  }
  return Error{Code::path_not_allowed,
               "The file " + file.string() +
                   " lies outside the allowed folders: " + (names.empty() ? "none is allowed" : names) + ".",
               field};
}

}  // namespace reeld::providers
