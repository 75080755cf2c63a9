#include "engine/picture.hpp"

#include <fcntl.h>
#include <turbojpeg.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <string_view>

#include "engine/files.hpp"
#include "engine/picture_container.hpp"
#include "kernels/cpu/aligned_array.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

// A picture of kMaxPicturePixels hardly compresses to more.
constexpr std::uintmax_t kMaxFileBytes = 1u << 30;

struct TurboDeleter {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using Turbo = std::unique_ptr<void, TurboDeleter>;

Error invalid(const fs::path& file, const std::string& why) {
  return Error{Code::picture_invalid, "the picture " + file.string() + " cannot be decoded: " + why};
}

Error too_large(const fs::path& file, std::int64_t width, std::int64_t height) {
  return Error{Code::picture_too_large, "the picture " + file.string() + " has " + std::to_string(width) +
                                            "x" + std::to_string(height) + " pixels; at most " +
                                            std::to_string(kMaxPicturePixels / 1'000'000) +
                                            " million are taken"};
}

Result<Bytes> read_file(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error)) return Error{Code::file_missing, "there is no picture at " + file.string()};
  if (!fs::is_regular_file(file, error))
    return Error{Code::file_unreadable, file.string() + " is not a file"};
  const std::uintmax_t size = fs::file_size(file, error);
  if (size > kMaxFileBytes)
    return Error{Code::picture_too_large, "the picture " + file.string() + " is larger than 1 GiB"};
  std::ifstream in(file, std::ios::binary);
  if (!in) return file_error(errno, "cannot read " + file.string(), Code::file_unreadable);
  Bytes bytes(size);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (static_cast<std::uintmax_t>(in.gcount()) != size)
    return Error{Code::file_unreadable, "cannot read " + file.string() + " to its end"};
  if (bytes.empty()) return invalid(file, "the file is empty");
  return bytes;
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

// Stray bytes before the end marker, which some cameras leave, harm nothing: libjpeg keeps the words of its
// first warning, and it looks for that marker only when all pixels are decoded.
bool is_harmless(tjhandle turbo) {
  constexpr std::string_view kStrayBytes = "extraneous bytes before marker 0xd9";
  return tjGetErrorCode(turbo) == TJERR_WARNING &&
         std::string_view(tjGetErrorStr2(turbo)).find(kStrayBytes) != std::string_view::npos;
}

struct JpegHeader {
  int width = 0, height = 0, colours = 0;
};

Result<JpegHeader> read_header(tjhandle turbo, const fs::path& file, const Bytes& bytes) {
  JpegHeader header;
  int subsampling = 0;
  if (tjDecompressHeader3(turbo, bytes.data(), bytes.size(), &header.width, &header.height, &subsampling,
                          &header.colours) != 0) {
    return invalid(file, tjGetErrorStr2(turbo));
  }
  const bool fits = std::max(header.width, header.height) <= kernels::kMaxPictureSize &&
                    std::int64_t{header.width} * header.height <= kMaxPicturePixels;
  if (!fits) return too_large(file, header.width, header.height);
  return header;
}

// Whether the marker that ends a JPEG stands at its end, or before the zeros that some cameras fill up with.
bool ends_as_jpeg(const Bytes& bytes) {
  std::size_t end = bytes.size();
  while (end > 2 && bytes[end - 1] == 0) --end;
  return end > 2 && bytes[end - 2] == 0xFF && bytes[end - 1] == 0xD9;
}

// libjpeg-turbo by itself: OpenCV fills the missing part of a truncated JPEG with grey and says nothing.
Result<Decoded> decode_jpeg(const fs::path& file, const Bytes& bytes) {
  const Turbo turbo(tjInitDecompress());
  REELD_ASSIGN(const JpegHeader header, read_header(turbo.get(), file, bytes));
  const bool cmyk = header.colours == TJCS_CMYK || header.colours == TJCS_YCCK;
  Decoded decoded = make_decoded(header.width, header.height);
  cv::Mat& pixels = decoded.pixels;
  if (tjDecompress2(turbo.get(), bytes.data(), bytes.size(), pixels.data, header.width,
                    static_cast<int>(pixels.step), header.height, cmyk ? TJPF_CMYK : TJPF_RGBA,
                    TJFLAG_ACCURATEDCT) != 0 &&
      !is_harmless(turbo.get())) {
    const std::string words = tjGetErrorStr2(turbo.get());
    return invalid(file, words.find("remature end") != std::string::npos
                             ? "the file is truncated (" + words + ")"
                             : words);
  }
  if (cmyk) {
    // Adobe's CMYK is stored inverted: a channel is how much light it lets through, so light is channel times
    // key.
    pixels.forEach<cv::Vec4b>([](cv::Vec4b& p, const int*) {
      for (int c = 0; c < 3; ++c) p[c] = static_cast<std::uint8_t>((p[c] * p[3] + 127) / 255);
      p[3] = 255;
    });
  }
  return upright(decoded, exif_orientation(PictureKind::jpeg, bytes));
}

// Anything that OpenCV makes of a file: 1, 3 or 4 channels of 8 or 16 bits, in its order blue, green, red.
Result<cv::Mat> to_rgba(const fs::path& file, const cv::Mat& in) {
  cv::Mat pixels = in;
  if (in.depth() != CV_8U && in.depth() != CV_16U) {
    return invalid(file, "its channels are neither 8 nor 16 bits of whole numbers");
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
      return invalid(file, "it has " + std::to_string(in.channels()) + " channels");
  }
  return pixels;
}

Result<Decoded> decode_other(const fs::path& file, PictureKind kind, const Bytes& bytes) {
  if (kind == PictureKind::unknown) return invalid(file, why_unknown(bytes));
  if (const auto why = truncation(kind, bytes)) return invalid(file, "the file is truncated (" + *why + ")");
  cv::Mat decoded = cv::imdecode(bytes, cv::IMREAD_UNCHANGED);
  if (decoded.empty()) return invalid(file, "the file is truncated or damaged");
  if (static_cast<std::int64_t>(decoded.total()) > kMaxPicturePixels)
    return too_large(file, decoded.cols, decoded.rows);
  REELD_ASSIGN(const cv::Mat rgba, to_rgba(file, decoded));
  return Decoded{upright(rgba, exif_orientation(kind, bytes))};
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
  return {pixels.get(), width,
          height,       bytes().size() / static_cast<std::size_t>(height),
          format,       kernels::AlphaKind::straight};
}

std::span<const std::uint8_t> Picture::bytes() const {
  const std::size_t channel_bytes = format == kernels::PictureFormat::rgba8 ? 1 : 2;
  return {pixels.get(),
          static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4 * channel_bytes};
}

Result<Picture> load_picture(const fs::path& file) {
  try {
    REELD_ASSIGN(const Bytes bytes, read_file(file));
    const PictureKind kind = picture_kind(bytes);
    REELD_ASSIGN(const Decoded decoded,
                 kind == PictureKind::jpeg ? decode_jpeg(file, bytes) : decode_other(file, kind, bytes));
    const cv::Mat& pixels = decoded.pixels;
    if (pixels.cols > kernels::kMaxPictureSize || pixels.rows > kernels::kMaxPictureSize)
      return too_large(file, pixels.cols, pixels.rows);
    Picture picture{pixels.cols,
                    pixels.rows,
                    pixels.depth() == CV_8U ? kernels::PictureFormat::rgba8 : kernels::PictureFormat::rgba16,
                    // What owns them stays as long as they are wanted.
                    {pixels.data, [keep = decoded](const std::uint8_t*) {}}};
    return picture;
  } catch (const cv::Exception& error) {
    // OpenCV's limit on pixels is an assertion that names itself; workers get ours through the environment
    // (engine/worker_process.cpp), since OpenCV reads it before main.
    if (error.err.find("CV_IO_MAX_IMAGE") != std::string::npos) {
      return Error{Code::picture_too_large, "the picture " + file.string() + " has more than " +
                                                std::to_string(kMaxPicturePixels / 1'000'000) +
                                                " million pixels"};
    }
    return invalid(file, error.err);
  } catch (const std::bad_alloc&) {
    return Error{Code::picture_too_large, "there is not enough memory for the picture " + file.string()};
  }
}

Result<PictureFacts> inspect_picture(const fs::path& file) {
  REELD_ASSIGN(const Bytes bytes, read_file(file));
  if (picture_kind(bytes) == PictureKind::jpeg && ends_as_jpeg(bytes)) {
    const Turbo turbo(tjInitDecompress());
    REELD_ASSIGN(const JpegHeader header, read_header(turbo.get(), file, bytes));
    const bool lies_on_its_side = exif_orientation(PictureKind::jpeg, bytes) >= 5;
    return lies_on_its_side ? PictureFacts{header.height, header.width}
                            : PictureFacts{header.width, header.height};
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
