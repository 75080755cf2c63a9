// Picture files into pixels: JPEG, PNG, WebP, TIFF, BMP, JPEG 2000 and PNM. Runs in workers only: files are
// hostile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "base/result.hpp"
#include "kernels/device.hpp"

namespace reeld::engine {

inline constexpr std::int64_t kMaxPicturePixels = 200'000'000;

struct PictureFacts {
  int width = 0, height = 0;  // after EXIF orientation
};

// RGBA, sRGB-encoded, straight alpha, EXIF orientation applied. A file's ICC profile is not looked at: sRGB
// is assumed, as it is where there is none.
struct Picture {
  int width = 0, height = 0;
  kernels::PictureFormat format = kernels::PictureFormat::rgba8;
  std::shared_ptr<const std::uint8_t[]> pixels;  // stride is width * 4 * bytes per channel
  std::span<const std::uint8_t> bytes() const;
  kernels::PictureView view() const;
};

// Errors: file_missing, file_unreadable, picture_invalid (what is wrong: empty, truncated, not a picture),
// picture_too_large.
Result<Picture> load_picture(const std::filesystem::path& file);

// What can be told before a job starts rendering. A JPEG that ends as one must is not decoded for that: what
// is damaged within is found, and told with its scene, when it is loaded. All else is decoded whole. Same
// errors.
Result<PictureFacts> inspect_picture(const std::filesystem::path& file);

// sRGB-encoded RGB, 8 bits. quality 1..100. Errors: target_unwritable, disk_full.
Result<void> write_jpeg(const std::filesystem::path& file, const std::uint8_t* rgb, int width, int height,
                        std::size_t stride_bytes, int quality);

}  // namespace reeld::engine
