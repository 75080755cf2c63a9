#include "engine/brand/brought_file.hpp"

#include <algorithm>
#include <fstream>

#include "providers/media_type.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBeginning = 64;  // bytes that tell a media type

Result<void> check_absolute_path(const std::string& path, const std::string& field) {
  if (fs::path(path).is_absolute()) return {};
  return Error{
      Code::invalid_request,
      "\"" + path + "\" is no absolute path: it must be one, since the daemon has a folder of its own",
      field};
}

std::string beginning_of(const fs::path& file) {
  std::string bytes(kBeginning, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

Result<BroughtFile> look_at(const providers::AllowedRoots& roots, const std::string& path,
                            const std::string& field, const BroughtLimits& limits,
                            const std::vector<std::string>& media_types) {
  REELD_TRY(check_absolute_path(path, field));
  REELD_ASSIGN(const fs::path file, roots.file("/", path, field));
  std::error_code failure;
  const std::uintmax_t size = fs::file_size(file, failure);
  if (failure)
    return Error{Code::file_unreadable, "the size of " + path + " cannot be read: " + failure.message(),
                 field};
  if (size > static_cast<std::uintmax_t>(limits.most_bytes)) {
    return Error{Code::limit_exceeded,
                 "the picture " + path + " has " + std::to_string(size) + " bytes; at most " +
                     std::to_string(limits.most_bytes) + " are taken (picture_max_mb)",
                 field};
  }
  const std::string type = providers::sniffed_media_type(beginning_of(file));
  if (std::ranges::find(media_types, type) == media_types.end()) {
    return Error{Code::picture_invalid,
                 path + " is " +
                     (size == 0      ? "empty"
                      : type.empty() ? "no picture"
                                     : type) +
                     ", whatever its name says; what is taken is " + joined(media_types),
                 field};
  }
  return BroughtFile{file, type};
}

Result<std::vector<std::string>> pictures_in(const providers::AllowedRoots& roots, const std::string& folder,
                                             const std::string& field, std::size_t most) {
  REELD_TRY(check_absolute_path(folder, field));
  REELD_ASSIGN(const fs::path resolved, roots.folder("/", folder, field));
  std::vector<std::string> files;
  std::error_code failure;
  for (fs::directory_iterator it(resolved, failure), end; !failure && it != end; it.increment(failure)) {
    const bool picture = providers::media_type_of_name(it->path()).starts_with("image/");
    if (picture && it->is_regular_file(failure)) files.push_back(it->path().string());
    if (files.size() > most) {
      return Error{Code::limit_exceeded,
                   "the folder " + folder + " has more than " + std::to_string(most) + " pictures", field};
    }
  }
  if (failure)
    return Error{Code::file_unreadable, "the folder " + folder + " cannot be read: " + failure.message(),
                 field};
  if (files.empty()) return Error{Code::file_missing, "there is no picture in the folder " + folder, field};
  std::ranges::sort(files);
  return files;
}

}  // namespace reeld::engine
