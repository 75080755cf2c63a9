// Pictures that a user brings along to be kept: looked at from outside before a worker opens them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "providers/local/allowed_roots.hpp"

namespace reeld::engine {

// What reeld reads; and what a product's picture may be, so that every service takes it as a reference.
inline const std::vector<std::string> kPictureTypes = {"image/jpeg", "image/png", "image/webp", "image/tiff",
                                                       "image/bmp"};
inline const std::vector<std::string> kProductTypes = {"image/jpeg", "image/png", "image/webp"};

struct BroughtLimits {
  std::int64_t most_bytes = std::int64_t{20} << 20;
  std::int64_t most_pixels = 50'000'000;
};

struct BroughtFile {
  std::filesystem::path file;  // links resolved
  std::string media_type;      // by its first bytes, whatever its name says
};

// `field` is the error's path. Errors: invalid_request for a path that is not absolute; path_not_allowed,
// file_missing, file_unreadable; limit_exceeded; picture_invalid for what is none of `media_types`.
Result<BroughtFile> look_at(const providers::AllowedRoots& roots, const std::string& path,
                            const std::string& field, const BroughtLimits& limits,
                            const std::vector<std::string>& media_types);

// Of a folder, in the order of their names: the regular files whose names end as those of pictures do.
// limit_exceeded where there are more than `most`; file_missing where there is none.
Result<std::vector<std::string>> pictures_in(const providers::AllowedRoots& roots, const std::string& folder,
                                             const std::string& field, std::size_t most);

}  // namespace reeld::engine
