// What is said of a picture file that is not taken.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "engine/picture.hpp"

namespace reeld::engine {

inline Error invalid_picture(const std::filesystem::path& file, const std::string& why) {
  return Error{Code::picture_invalid, "the picture " + file.string() + " cannot be decoded: " + why};
}

inline Error too_large_picture(const std::filesystem::path& file, std::int64_t width, std::int64_t height) {
  return Error{Code::picture_too_large, "the picture " + file.string() + " has " + std::to_string(width) +
                                            "x" + std::to_string(height) + " pixels; at most " +
                                            std::to_string(kMaxPicturePixels / 1'000'000) +
                                            " million are taken"};
}

}  // namespace reeld::engine
