// How much lies in a folder.
#pragma once

#include <cstdint>
#include <filesystem>

namespace reeld::engine {

// All regular files below `folder`, and their bytes; none where it is not there.
struct FolderUse {
  std::int64_t bytes = 0, files = 0;
};
FolderUse folder_use(const std::filesystem::path& folder);

}  // namespace reeld::engine
