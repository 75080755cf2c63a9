// The user's own files, below the allowed roots only. Nothing is opened but to see that it can be.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <map>

#include "providers/builtin.hpp"

namespace reeld::providers {
namespace {

namespace fs = std::filesystem;

std::string media_type_of(const fs::path& file) {
  static const std::map<std::string, std::string> types = {
      {".jpg", "image/jpeg"},       {".jpeg", "image/jpeg"}, {".png", "image/png"},
      {".webp", "image/webp"},      {".gif", "image/gif"},   {".bmp", "image/bmp"},
      {".tif", "image/tiff"},       {".tiff", "image/tiff"}, {".avif", "image/avif"},
      {".wav", "audio/wav"},        {".mp3", "audio/mpeg"},  {".flac", "audio/flac"},
      {".ogg", "audio/ogg"},        {".opus", "audio/ogg"},  {".m4a", "audio/mp4"},
      {".aac", "audio/aac"},        {".mp4", "video/mp4"},   {".mov", "video/quicktime"},
      {".mkv", "video/x-matroska"}, {".webm", "video/webm"}};
  std::string extension = file.extension().string();
  std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto type = types.find(extension);
  return type == types.end() ? "" : type->second;
}

// By components, so that /a/bc is not below /a/b.
bool is_below(const fs::path& file, const fs::path& root) {
  const auto [left, right] = std::mismatch(root.begin(), root.end(), file.begin(), file.end());
  // A root written with a slash at its end has an empty last component.
  return left == root.end() || (left->empty() && std::next(left) == root.end());
}

Error unreadable(const fs::path& file, const std::string& why) {
  return {Code::file_unreadable, "The file " + file.string() + " cannot be read: " + why + ".", "/file"};
}

// O_NONBLOCK: opening a pipe without a writer must not wait for one.
Result<void> check_readable(const fs::path& file) {
  const int fd = open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return unreadable(file, std::strerror(errno));
  struct stat facts {};
  const bool known = fstat(fd, &facts) == 0;
  close(fd);
  if (known && S_ISDIR(facts.st_mode)) return unreadable(file, "it is a folder");
  if (!known || !S_ISREG(facts.st_mode)) return unreadable(file, "it is not a regular file");
  return {};
}

class FileProvider : public Provider {
 public:
  explicit FileProvider(const std::vector<fs::path>& roots) {
    for (const fs::path& root : roots) {
      std::error_code failure;
      const fs::path resolved = fs::weakly_canonical(root, failure);
      if (!failure) roots_.push_back(resolved);
    }
  }

  ProviderInfo info() const override {
    ProviderInfo info;
    info.name = info.kind = "file";
    info.capabilities = {Capability::picture, Capability::speech, Capability::sound};
    return info;
  }

  std::string fingerprint(const Wish&) const override { return ""; }

  Result<std::vector<Delivery>> fetch(const Wish& wish, const fs::path&, const Cancelled&) override {
    const auto name = wish.params.find("file");
    if (name == wish.params.end() || !name->is_string() || name->get_ref<const std::string&>().empty()) {
      return Error{Code::invalid_request, "The provider file needs the path of a file.", "/file"};
    }
    const std::string text = name->get<std::string>();
    if (text.find('\0') != std::string::npos) {
      return Error{Code::invalid_request, "A path cannot contain a zero byte.", "/file"};
    }
    const fs::path tried = (wish.base_dir / text).lexically_normal();
    std::error_code failure;
    const fs::path file = fs::weakly_canonical(wish.base_dir / text, failure);
    if (failure) return unreadable(tried, failure.message());
    // The root comes first, so that nobody learns what is there outside the roots.
    REELD_TRY(check_allowed(file));
    if (!fs::exists(file, failure)) {
      if (failure) return unreadable(tried, failure.message());
      return Error{Code::file_missing, "There is no file at " + tried.string() + ".", "/file"};
    }
    REELD_TRY(check_readable(file));
    Delivery delivery;
    delivery.file = file;
    delivery.borrowed = true;
    delivery.media_type = media_type_of(tried);
    delivery.source_type = "USER_UPLOADED";
    return std::vector{std::move(delivery)};
  }

 private:
  Result<void> check_allowed(const fs::path& file) const {
    std::string names;
    for (const fs::path& root : roots_) {
      if (is_below(file, root)) return {};
      names += (names.empty() ? "" : ", ") + root.string();
    }
    return Error{Code::path_not_allowed,
                 "The file " + file.string() + " lies outside the allowed folders: " +
                     (names.empty() ? "none is allowed" : names) + ".",
                 "/file"};
  }

  std::vector<fs::path> roots_;
};

}  // namespace

std::unique_ptr<Provider> file_provider(std::vector<std::filesystem::path> allowed_roots) {
  return std::make_unique<FileProvider>(allowed_roots);
}

}  // namespace reeld::providers
