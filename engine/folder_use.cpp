#include "engine/folder_use.hpp"

namespace reeld::engine {

namespace fs = std::filesystem;

FolderUse folder_use(const fs::path& folder) {
  FolderUse use;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (!it->is_regular_file(ignored)) continue;
    const std::uintmax_t size = it->file_size(ignored);
    if (ignored) continue;  // it went meanwhile
    use.bytes += static_cast<std::int64_t>(size);
    ++use.files;
  }
  return use;
}

}  // namespace reeld::engine
