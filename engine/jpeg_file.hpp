// A JPEG file, decoded row by row as it is read. By libjpeg-turbo itself: OpenCV fills the missing part of a
// truncated JPEG with grey and says nothing. In workers only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/result.hpp"
#include "kernels/arriving_rows.hpp"

namespace reeld::engine {

// One thread at a time.
class JpegFile {
 public:
  // Reads the header. Errors: file_unreadable, picture_invalid, picture_too_large (no pixel is allocated).
  static Result<JpegFile> open(const std::filesystem::path& file);
  JpegFile(JpegFile&&) noexcept;
  ~JpegFile();

  // As they are stored, before the orientation.
  int width() const;
  int height() const;
  // 1..8 as EXIF counts them; 1, upright, where nothing is said.
  int orientation() const;
  // Whether the marker that ends a JPEG stands at the file's end, or before the zeros that some cameras fill
  // up with.
  bool has_end() const;

  // Decodes all pixels into rows of width() * 4 bytes without gaps, RGBA with full alpha, and tells `rows` as
  // they come; of the last ones only when the file is known to be in order to its end. `rows` gets the error
  // of what is not: file_unreadable, picture_invalid. Called once.
  void decode(std::uint8_t* rgba, kernels::ArrivingRows& rows);

 private:
  struct Decoder;
  explicit JpegFile(std::unique_ptr<Decoder> decoder);
  std::unique_ptr<Decoder> decoder_;
};

}  // namespace reeld::engine
