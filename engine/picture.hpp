// Picture files into pixels: JPEG, PNG, WebP, TIFF, BMP, JPEG 2000 and PNM. Runs in workers only: files are
// hostile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <span>

#include "base/result.hpp"
#include "kernels/device.hpp"

namespace reeld::engine {

inline constexpr std::int64_t kMaxPicturePixels = 200'000'000;

struct PictureFacts {
  int width = 0, height = 0;  // after EXIF orientation
};

// RGBA, sRGB-encoded, EXIF orientation applied. A file's ICC profile is not looked at: sRGB
// is assumed, as it is where there is none.
struct Picture {
  int width = 0, height = 0;
  kernels::PictureFormat format = kernels::PictureFormat::rgba8;
  std::shared_ptr<const std::uint8_t[]> pixels;             // stride is width * 4 * bytes per channel
  kernels::AlphaKind alpha = kernels::AlphaKind::straight;  // or opaque
  std::span<const std::uint8_t> bytes() const;
  kernels::PictureView view() const;
};

// A picture whose pixels may still be on their way, decoded on a thread of its own, while what is there is
// taken in: a JPEG that is stored upright. All other kinds are whole from the start.
class ArrivingPicture {
 public:
  using Decoding = std::function<void(kernels::ArrivingRows&)>;
  // `decode` writes the picture's pixels, and tells of them; without it they are there.
  explicit ArrivingPicture(Picture picture, const Decoding& decode = nullptr);
  ArrivingPicture(ArrivingPicture&&) = default;  // and no assignment, which would have to wait for a decoder

  int width() const { return picture_.width; }
  int height() const { return picture_.height; }
  // For a device's upload, which waits for the rows. Valid as long as this lives.
  kernels::PictureView view() const;
  // Waits for all of it. Errors: file_unreadable, picture_invalid.
  Result<Picture> whole() const;

 private:
  Picture picture_;
  std::unique_ptr<kernels::ArrivingRows> rows_;  // none where all are there
  std::future<void> decoding_;                   // last, since its end is waited for by its destruction
};

// Errors: file_missing, file_unreadable, picture_invalid (what is wrong: empty, truncated, not a picture),
// picture_too_large. What is wrong with a JPEG behind its header, the upload or whole() tells.
Result<ArrivingPicture> begin_loading(const std::filesystem::path& file);

// The same, and waits for all of it.
Result<Picture> load_picture(const std::filesystem::path& file);

// What can be told before a job starts rendering. A JPEG that ends as one must is not decoded for that: what
// is damaged within is found, and told with its scene, when it is loaded. All else is decoded whole. Same
// errors.
Result<PictureFacts> inspect_picture(const std::filesystem::path& file);

// sRGB-encoded RGB, 8 bits. quality 1..100. Errors: target_unwritable, disk_full.
Result<void> write_jpeg(const std::filesystem::path& file, const std::uint8_t* rgb, int width, int height,
                        std::size_t stride_bytes, int quality);

}  // namespace reeld::engine
