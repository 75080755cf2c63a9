#include "engine/picture.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>

#include "engine/files.hpp"
#include "engine/jpeg_file.hpp"
#include "engine/picture_container.hpp"
#include "engine/picture_error.hpp"
#include "kernels/cpu/aligned_array.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

// A picture of kMaxPicturePixels hardly compresses to more.
constexpr std::uintmax_t kMaxFileBytes = 1u << 30;

// Its first `most` bytes, or as many as it has.
Result<Bytes> read_file(const fs::path& file, std::uintmax_t most = kMaxFileBytes) {
  std::error_code error;
  if (!fs::exists(file, error)) return Error{Code::file_missing, "there is no picture at " + file.string()};
  if (!fs::is_regular_file(file, error))
    return Error{Code::file_unreadable, file.string() + " is not a file"};
  const std::uintmax_t file_size = fs::file_size(file, error);
  if (file_size > kMaxFileBytes)
    return Error{Code::picture_too_large, "the picture " + file.string() + " is larger than 1 GiB"};
  const std::uintmax_t size = std::min(file_size, most);
  std::ifstream in(file, std::ios::binary);
  if (!in) return file_error(errno, "cannot read " + file.string(), Code::file_unreadable);
  Bytes bytes(size);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (static_cast<std::uintmax_t>(in.gcount()) != size)
    return Error{Code::file_unreadable, "cannot read " + file.string() + " to its end"};
  if (bytes.empty()) return invalid_picture(file, "the file is empty");
  return bytes;
}

Result<PictureKind> kind_of(const fs::path& file) {
  constexpr std::uintmax_t kFirstBytes = 16;
  REELD_ASSIGN(const Bytes start, read_file(file, kFirstBytes));
  return picture_kind(start);
}

// RGBA, rows without gaps.
struct Decoded {
  cv::Mat pixels;
  std::shared_ptr<std::uint8_t[]> memory = {};  // of the pixels, where the matrix does not own it
};

// A photograph's pixels in memory that is used again for the next one, on large pages: the system clears
// 12,000 small ones for 12 megapixels.
Decoded make_decoded(int width, int height) {
  const auto bytes = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4;
  const std::shared_ptr<std::uint8_t[]> memory = kernels::make_aligned<std::uint8_t>(bytes);
  return {cv::Mat(height, width, CV_8UC4, memory.get()), memory};
}

// What a camera held on its side, or upside down, upright again.
cv::Mat upright(const cv::Mat& in, int orientation) {
  cv::Mat out = in;
  // 5..8 are transposed first; what is left is a mirroring.
  if (orientation >= 5) cv::transpose(in, out);
  constexpr int kNone = 2, kAcross = 1, kDown = 0, kBoth = -1;
  constexpr int kFlips[] = {kNone, kAcross, kBoth, kDown, kNone, kAcross, kBoth, kDown};
  const int flip = kFlips[orientation - 1];
  if (flip != kNone) cv::flip(out, out, flip);
  return out.isContinuous() ? out : out.clone();
}

Decoded upright(const Decoded& in, int orientation) {
  const cv::Mat pixels = upright(in.pixels, orientation);
  return {pixels, pixels.data == in.pixels.data ? in.memory : nullptr};
}

Picture picture_of(const Decoded& decoded, kernels::AlphaKind alpha) {
  const cv::Mat& pixels = decoded.pixels;
  return {pixels.cols,
          pixels.rows,
          pixels.depth() == CV_8U ? kernels::PictureFormat::rgba8 : kernels::PictureFormat::rgba16,
          // What owns them stays as long as they are wanted.
          {pixels.data, [keep = decoded](const std::uint8_t*) {}},
          alpha};
}

// One that is not stored upright can be turned only when it is whole.
Result<ArrivingPicture> begin_jpeg(JpegFile jpeg) {
  const Decoded decoded = make_decoded(jpeg.width(), jpeg.height());
  if (const int orientation = jpeg.orientation(); orientation != 1) {
    kernels::ArrivingRows rows;
    jpeg.decode(decoded.pixels.data, rows);
    REELD_TRY(rows.wait_for(jpeg.height()));
    return ArrivingPicture(picture_of(upright(decoded, orientation), kernels::AlphaKind::opaque));
  }
  // Shared since a std::function can be copied.
  return ArrivingPicture(picture_of(decoded, kernels::AlphaKind::opaque),
                         [jpeg = std::make_shared<JpegFile>(std::move(jpeg)), pixels = decoded.memory](
                             kernels::ArrivingRows& rows) { jpeg->decode(pixels.get(), rows); });
}

// Anything that OpenCV makes of a file: 1, 3 or 4 channels of 8 or 16 bits, in its order blue, green, red.
Result<cv::Mat> to_rgba(const fs::path& file, const cv::Mat& in) {
  cv::Mat pixels = in;
  if (in.depth() != CV_8U && in.depth() != CV_16U) {
    return invalid_picture(file, "its channels are neither 8 nor 16 bits of whole numbers");
  }
  switch (in.channels()) {
    case 1:
      cv::cvtColor(in, pixels, cv::COLOR_GRAY2RGBA);
      break;
    case 3:
      cv::cvtColor(in, pixels, cv::COLOR_BGR2RGBA);
      break;
    case 4:
      cv::cvtColor(in, pixels, cv::COLOR_BGRA2RGBA);
      break;
    default:
      return invalid_picture(file, "it has " + std::to_string(in.channels()) + " channels");
  }
  return pixels;
}

Result<Picture> decode_other(const fs::path& file, PictureKind kind) {
  REELD_ASSIGN(const Bytes bytes, read_file(file));
  if (kind == PictureKind::unknown) return invalid_picture(file, why_unknown(bytes));
  if (const auto why = truncation(kind, bytes))
    return invalid_picture(file, "the file is truncated (" + *why + ")");
  cv::Mat decoded = cv::imdecode(bytes, cv::IMREAD_UNCHANGED);
  if (decoded.empty()) return invalid_picture(file, "the file is truncated or damaged");
  if (static_cast<std::int64_t>(decoded.total()) > kMaxPicturePixels)
    return too_large_picture(file, decoded.cols, decoded.rows);
  if (std::max(decoded.cols, decoded.rows) > kernels::kMaxPictureSize)
    return too_large_picture(file, decoded.cols, decoded.rows);
  REELD_ASSIGN(const cv::Mat rgba, to_rgba(file, decoded));
  return picture_of({upright(rgba, exif_orientation(kind, bytes))}, kernels::AlphaKind::straight);
}

Result<void> write_bytes(const fs::path& file, const Bytes& bytes) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return file_error(errno, "cannot make " + file.string(), Code::target_unwritable);
  std::size_t done = 0;
  int error = 0;
  while (done < bytes.size() && error == 0) {
    const ssize_t n = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (n >= 0) done += static_cast<std::size_t>(n);
    if (n < 0 && errno != EINTR) error = errno;
  }
  if (::close(fd) != 0 && error == 0) error = errno;
  if (error == 0) return {};
  return file_error(error, "cannot write " + file.string(), Code::target_unwritable);
}

}  // namespace

kernels::PictureView Picture::view() const {
  return {pixels.get(), width, height, bytes().size() / static_cast<std::size_t>(height), format, alpha};
}

std::span<const std::uint8_t> Picture::bytes() const {
  const std::size_t channel_bytes = format == kernels::PictureFormat::rgba8 ? 1 : 2;
  return {pixels.get(),
          static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4 * channel_bytes};
}

ArrivingPicture::ArrivingPicture(Picture picture, const Decoding& decode) : picture_(std::move(picture)) {
  if (!decode) return;
  rows_ = std::make_unique<kernels::ArrivingRows>();
  decoding_ = std::async(std::launch::async, decode, std::ref(*rows_));
}

kernels::PictureView ArrivingPicture::view() const {
  kernels::PictureView view = picture_.view();
  view.rows = rows_.get();
  return view;
}

Result<Picture> ArrivingPicture::whole() const {
  if (rows_) REELD_TRY(rows_->wait_for(picture_.height));
  return picture_;
}

Result<ArrivingPicture> begin_loading(const fs::path& file) {
  try {
    REELD_ASSIGN(const PictureKind kind, kind_of(file));
    if (kind == PictureKind::jpeg) {
      REELD_ASSIGN(JpegFile jpeg, JpegFile::open(file));
      return begin_jpeg(std::move(jpeg));
    }
    REELD_ASSIGN(Picture picture, decode_other(file, kind));
    return ArrivingPicture(std::move(picture));
  } catch (const cv::Exception& error) {
    // OpenCV's limit on pixels is an assertion that names itself; workers get ours through the environment
    // (engine/worker_process.cpp), since OpenCV reads it before main.
    if (error.err.find("CV_IO_MAX_IMAGE") != std::string::npos) {
      return Error{Code::picture_too_large, "the picture " + file.string() + " has more than " +
                                                std::to_string(kMaxPicturePixels / 1'000'000) +
                                                " million pixels"};
    }
    return invalid_picture(file, error.err);
  } catch (const std::bad_alloc&) {
    return Error{Code::picture_too_large, "there is not enough memory for the picture " + file.string()};
  }
}

Result<Picture> load_picture(const fs::path& file) {
  REELD_ASSIGN(const ArrivingPicture arriving, begin_loading(file));
  return arriving.whole();
}

Result<PictureFacts> inspect_picture(const fs::path& file) {
  REELD_ASSIGN(const PictureKind kind, kind_of(file));
  if (kind == PictureKind::jpeg) {
    REELD_ASSIGN(const JpegFile jpeg, JpegFile::open(file));
    const bool lies_on_its_side = jpeg.orientation() >= 5;
    if (jpeg.has_end())
      return lies_on_its_side ? PictureFacts{jpeg.height(), jpeg.width()}
                              : PictureFacts{jpeg.width(), jpeg.height()};
  }
  REELD_ASSIGN(const Picture picture, load_picture(file));
  return PictureFacts{picture.width, picture.height};
}

Result<void> write_jpeg(const fs::path& file, const std::uint8_t* rgb, int width, int height,
                        std::size_t stride_bytes, int quality) {
  try {
    const cv::Mat in(height, width, CV_8UC3, const_cast<std::uint8_t*>(rgb), stride_bytes);
    cv::Mat bgr;
    cv::cvtColor(in, bgr, cv::COLOR_RGB2BGR);
    Bytes bytes;
    if (!cv::imencode(".jpg", bgr, bytes, {cv::IMWRITE_JPEG_QUALITY, quality}))
      return Error{Code::internal, "cannot encode " + file.string() + " as JPEG"};
    return write_bytes(file, bytes);
  } catch (const std::exception& error) {
    return Error{Code::internal, "cannot encode " + file.string() + ": " + error.what()};
  }
}

}  // namespace reeld::engine
