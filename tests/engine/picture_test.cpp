#include "engine/picture.hpp"

#include <turbojpeg.h>

#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <memory>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string_view>

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

struct Folder {
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "reeld-picture-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~Folder() { fs::remove_all(path); }
  fs::path write(const std::string& name, const Bytes& bytes) const {
    std::ofstream(path / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return path / name;
  }
  fs::path path;
};

// Four blocks, 32x16 each, in a picture of 64x32: red green / blue white.
cv::Mat blocks() {
  cv::Mat bgr(32, 64, CV_8UC3);
  bgr(cv::Rect(0, 0, 32, 16)) = cv::Scalar(0, 0, 255);
  bgr(cv::Rect(32, 0, 32, 16)) = cv::Scalar(0, 255, 0);
  bgr(cv::Rect(0, 16, 32, 16)) = cv::Scalar(255, 0, 0);
  bgr(cv::Rect(32, 16, 32, 16)) = cv::Scalar(255, 255, 255);
  return bgr;
}

Bytes encoded(const std::string& extension, const cv::Mat& image, const std::vector<int>& parameters = {}) {
  Bytes bytes;
  REQUIRE(cv::imencode(extension, image, bytes, parameters));
  return bytes;
}

void append(Bytes& bytes, const Bytes& more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

Bytes text(std::string_view words) {
  return Bytes(words.begin(), words.end());
}

Bytes number(std::uint32_t value, int byte_count, bool big_endian) {
  Bytes bytes;
  for (int i = 0; i < byte_count; ++i)
    bytes.push_back(static_cast<std::uint8_t>(value >> 8 * (big_endian ? byte_count - 1 - i : i)));
  return bytes;
}

// How the camera was held: a little-endian TIFF header and one entry, tag 0x0112, a short.
Bytes exif(int orientation) {
  Bytes bytes = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0};
  append(bytes, number(static_cast<std::uint32_t>(orientation), 4, false));
  append(bytes, number(0, 4, false));  // no further directory
  return bytes;
}

// In an APP1 segment, whose length counts itself, after the start of the image.
Bytes jpeg_held(int orientation) {
  Bytes jpeg = encoded(".jpg", blocks(), {cv::IMWRITE_JPEG_QUALITY, 95});
  Bytes segment = {0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0};
  append(segment, exif(orientation));
  jpeg.insert(jpeg.begin() + 2, segment.begin(), segment.end());
  return jpeg;
}

// A chunk of length, type, data and CRC-32 of type and data.
Bytes png_chunk(std::string_view type, const Bytes& data) {
  Bytes checked = text(type);
  append(checked, data);
  std::uint32_t crc = 0xffffffff;
  for (const std::uint8_t byte : checked) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
  }
  Bytes chunk = number(static_cast<std::uint32_t>(data.size()), 4, true);
  append(chunk, checked);
  append(chunk, number(~crc, 4, true));
  return chunk;
}

// In a chunk after the header, which ends at byte 8 + 25.
Bytes png_held(int orientation) {
  Bytes png = encoded(".png", blocks());
  const Bytes chunk = png_chunk("eXIf", exif(orientation));
  png.insert(png.begin() + 33, chunk.begin(), chunk.end());
  return png;
}

// A WebP with metadata is a RIFF of VP8X (flags, reserved, width - 1, height - 1), the picture and EXIF.
Bytes webp_held(int orientation) {
  const Bytes plain = encoded(".webp", blocks());
  Bytes body = text("WEBPVP8X");
  append(body, number(10, 4, false));
  append(body, number(8, 4, false));  // the flag that says EXIF
  append(body, number(64 - 1, 3, false));
  append(body, number(32 - 1, 3, false));
  append(body, Bytes(plain.begin() + 12, plain.end()));
  append(body, text("EXIF"));
  append(body, number(26, 4, false));
  append(body, exif(orientation));
  Bytes webp = text("RIFF");
  append(webp, number(static_cast<std::uint32_t>(body.size()), 4, false));
  append(webp, body);
  return webp;
}

// Uncompressed RGB in one strip behind a directory of ten entries: tag, type (3: short, 4: long), count,
// value.
Bytes tiff_held(int orientation) {
  constexpr std::uint32_t kEntries = 10, kPixels = 8 + 2 + 12 * kEntries + 4;
  const std::uint32_t entries[kEntries][4] = {{256, 3, 1, 64},
                                              {257, 3, 1, 32},
                                              {258, 3, 1, 8},
                                              {259, 3, 1, 1},
                                              {262, 3, 1, 2},
                                              {273, 4, 1, kPixels},
                                              {274, 3, 1, static_cast<std::uint32_t>(orientation)},
                                              {277, 3, 1, 3},
                                              {278, 3, 1, 32},
                                              {279, 4, 1, 64 * 32 * 3}};
  Bytes tiff = {'I', 'I', 42, 0, 8, 0, 0, 0};
  append(tiff, number(kEntries, 2, false));
  for (const auto& [tag, type, count, value] : entries) {
    append(tiff, number(tag, 2, false));
    append(tiff, number(type, 2, false));
    append(tiff, number(count, 4, false));
    append(tiff, number(value, 4, false));
  }
  append(tiff, number(0, 4, false));
  cv::Mat rgb;
  cv::cvtColor(blocks(), rgb, cv::COLOR_BGR2RGB);
  append(tiff, Bytes(rgb.datastart, rgb.dataend));
  return tiff;
}

// r, g, b or w: the colour in the middle of a quarter.
char colour(const Picture& picture, int right, int down) {
  const int x = picture.width / 4 + right * picture.width / 2,
            y = picture.height / 4 + down * picture.height / 2;
  const std::uint8_t* p = &picture.bytes()[(static_cast<std::size_t>(y) * picture.width + x) * 4];
  const bool r = p[0] > 128, g = p[1] > 128, b = p[2] > 128;
  return r && g && b ? 'w' : r ? 'r' : g ? 'g' : b ? 'b' : '?';
}

std::string quarters(const Picture& picture) {
  return {colour(picture, 0, 0), colour(picture, 1, 0), colour(picture, 0, 1), colour(picture, 1, 1)};
}

Picture load(const fs::path& file) {
  auto picture = load_picture(file);
  INFO((picture ? "" : picture.error().message));
  REQUIRE(picture);
  return *std::move(picture);
}

Bytes bytes_of(const Picture& picture) {
  return {picture.bytes().begin(), picture.bytes().end()};
}

Code error_of(const fs::path& file) {
  const auto picture = load_picture(file);
  REQUIRE_FALSE(picture);
  CHECK(picture.error().message.find(file.filename().string()) != std::string::npos);
  const auto facts = inspect_picture(file);
  REQUIRE_FALSE(facts);
  CHECK(facts.error() == picture.error());
  return picture.error().code;
}

TEST_CASE("a picture is upright however the camera was held", "[picture]") {
  const Folder folder;
  // The file holds "rg/bw"; what each orientation shows follows from EXIF 2.3, 4.6.4 (where row 0 and column
  // 0 lie).
  const std::array<std::string, 8> shown = {"rgbw", "grwb", "wbgr", "bwrg", "rbgw", "brwg", "wgbr", "gwrb"};
  for (const auto& held : {jpeg_held, png_held, webp_held, tiff_held}) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      const Picture picture = load(folder.write("held", held(orientation)));
      INFO(orientation);
      CHECK(picture.width == (orientation >= 5 ? 32 : 64));
      CHECK(picture.height == (orientation >= 5 ? 64 : 32));
      CHECK(quarters(picture) == shown[static_cast<std::size_t>(orientation - 1)]);
    }
  }
}

TEST_CASE("JPEG, PNG, WebP, TIFF and BMP are read as RGBA", "[picture]") {
  const Folder folder;
  for (const std::string extension : {".jpg", ".png", ".webp", ".tiff", ".bmp"}) {
    const Picture picture = load(folder.write("picture" + extension, encoded(extension, blocks())));
    INFO(extension);
    CHECK(quarters(picture) == "rgbw");
    CHECK(picture.bytes()[3] == 255);
    CHECK(picture.view().stride_bytes == 64 * 4);
  }
}

TEST_CASE("grey, alpha and 16 bits are kept", "[picture]") {
  const Folder folder;
  const Picture grey = load(folder.write("grey.png", encoded(".png", cv::Mat(5, 7, CV_8U, cv::Scalar(99)))));
  CHECK(Bytes(grey.bytes().begin(), grey.bytes().begin() + 4) == Bytes{99, 99, 99, 255});

  const Picture alpha =
      load(folder.write("alpha.png", encoded(".png", cv::Mat(5, 7, CV_8UC4, cv::Scalar(1, 2, 3, 77)))));
  CHECK(Bytes(alpha.bytes().begin(), alpha.bytes().begin() + 4) == Bytes{3, 2, 1, 77});

  const Picture deep =
      load(folder.write("deep.png", encoded(".png", cv::Mat(5, 7, CV_16UC3, cv::Scalar(1000, 2000, 3000)))));
  CHECK(deep.format == kernels::PictureFormat::rgba16);
  const auto* channel = reinterpret_cast<const std::uint16_t*>(deep.bytes().data());
  CHECK(std::vector<int>(channel, channel + 4) == std::vector<int>{3000, 2000, 1000, 65535});
}

TEST_CASE("grey with alpha, a palette with a clear colour, and the inks of CMYK become RGBA", "[picture]") {
  const Folder folder;
  // One pixel: its row is the filter 0 and the samples, in one stored block of deflate behind zlib's header.
  const auto png_of = [](int depth, int colour_type, const Bytes& samples, const Bytes& more) {
    Bytes row = {0};
    append(row, samples);
    Bytes zlib = {0x78, 0x01, 0x01};
    append(zlib, number(static_cast<std::uint32_t>(row.size()), 2, false));
    append(zlib, number(~static_cast<std::uint32_t>(row.size()), 2, false));
    append(zlib, row);
    std::uint32_t a = 1, b = 0;  // Adler-32; sums too small to wrap
    for (const std::uint8_t byte : row) a += byte, b += a;
    append(zlib, number(b << 16 | a, 4, true));
    Bytes png = text("\x89PNG\r\n\x1a\n");
    append(png, png_chunk("IHDR", {0, 0, 0, 1, 0, 0, 0, 1, static_cast<std::uint8_t>(depth),
                                   static_cast<std::uint8_t>(colour_type), 0, 0, 0}));
    append(png, more);
    append(png, png_chunk("IDAT", zlib));
    append(png, png_chunk("IEND", {}));
    return png;
  };
  CHECK(bytes_of(load(folder.write("grey_alpha.png", png_of(8, 4, {100, 50}, {})))) ==
        Bytes{100, 100, 100, 50});
  Bytes palette = png_chunk("PLTE", {255, 0, 0, 9, 8, 7});
  append(palette, png_chunk("tRNS", {255, 77}));
  CHECK(bytes_of(load(folder.write("palette.png", png_of(8, 3, {1}, palette)))) == Bytes{9, 8, 7, 77});
  const Picture deep = load(folder.write("deep.png", png_of(16, 4, {0x12, 0x34, 0x56, 0x78}, {})));
  CHECK(deep.format == kernels::PictureFormat::rgba16);
  CHECK(bytes_of(deep) == Bytes{0x34, 0x12, 0x34, 0x12, 0x34, 0x12, 0x78, 0x56});

  // Stored as light let through: all of red's, half of green's, none of blue's, under a key of 200 of 255.
  Bytes inks;
  for (int i = 0; i < 16 * 16; ++i) append(inks, {255, 128, 0, 200});
  const std::unique_ptr<void, int (*)(tjhandle)> turbo(tjInitCompress(), tjDestroy);
  unsigned char* jpeg = nullptr;
  unsigned long size = 0;
  REQUIRE(tjCompress2(turbo.get(), inks.data(), 16, 0, 16, TJPF_CMYK, &jpeg, &size, TJSAMP_444, 100, 0) == 0);
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owned(jpeg, tjFree);
  const Picture cmyk = load(folder.write("cmyk.jpg", Bytes(jpeg, jpeg + size)));
  CHECK(std::abs(cmyk.bytes()[0] - 200) <= 2);
  CHECK(std::abs(cmyk.bytes()[1] - 100) <= 2);
  CHECK(cmyk.bytes()[2] <= 2);
  CHECK(cmyk.bytes()[3] == 255);
}

TEST_CASE("a truncated file is no picture", "[picture]") {
  const Folder folder;
  cv::Mat noise(300, 400, CV_8UC3);
  cv::randu(noise, 0, 255);
  for (const std::string extension : {".jpg", ".png", ".webp", ".tiff"}) {
    Bytes bytes = encoded(extension, noise);
    bytes.resize(bytes.size() / 2);
    INFO(extension);
    CHECK(error_of(folder.write("cut" + extension, bytes)) == Code::picture_invalid);
  }
  Bytes endless = encoded(".jpg", blocks());
  endless.resize(endless.size() - 2);  // only the end marker is gone
  CHECK(error_of(folder.write("endless.jpg", endless)) == Code::picture_invalid);
}

TEST_CASE("a JPEG damaged within has a size, and is refused when it is loaded", "[picture]") {
  const Folder folder;
  cv::Mat noise(300, 400, CV_8UC3);
  cv::randu(noise, 0, 255);
  Bytes bytes = encoded(".jpg", noise);
  bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2), bytes.end() - 2);
  const fs::path file = folder.write("hole.jpg", bytes);
  const auto facts = inspect_picture(file);
  REQUIRE(facts);
  CHECK(facts->width == 400);
  CHECK(load_picture(file).error().code == Code::picture_invalid);
}

TEST_CASE("bytes that a camera left before or after a JPEG's end harm nothing", "[picture]") {
  const Folder folder;
  Bytes jpeg = encoded(".jpg", blocks());
  append(jpeg, Bytes(100, 7));
  CHECK(quarters(load(folder.write("after.jpg", jpeg))) == "rgbw");
  jpeg = encoded(".jpg", blocks());
  const Bytes stray = {1, 2, 3, 4, 5, 6};
  jpeg.insert(jpeg.end() - 2, stray.begin(), stray.end());
  CHECK(quarters(load(folder.write("before.jpg", jpeg))) == "rgbw");
}

TEST_CASE("what is no picture is named for what it is", "[picture]") {
  const Folder folder;
  CHECK(error_of(folder.path / "missing.jpg") == Code::file_missing);
  CHECK(error_of(folder.path) == Code::file_unreadable);
  CHECK(error_of(folder.write("empty.jpg", {})) == Code::picture_invalid);
  CHECK(error_of(folder.write("words.jpg", Bytes(1000, 'w'))) == Code::picture_invalid);
  Bytes avif = {0, 0, 0, 32};
  append(avif, text("ftypavif"));
  CHECK(error_of(folder.write("new.jpg", avif)) == Code::picture_invalid);
  CHECK(load_picture(folder.path / "new.jpg").error().message.find("AVIF") != std::string::npos);
  // The first bytes of each kind and nothing behind them.
  for (const Bytes& start : {Bytes{0xff, 0xd8}, text("\x89PNG\r\n\x1a\n"), text("RIFF____WEBP"), text("II*"),
                             text("BM"), text("P6 ")}) {
    CHECK(error_of(folder.write("start", start)) == Code::picture_invalid);
  }
}

TEST_CASE("a header that promises too many pixels is refused before they are allocated", "[picture]") {
  const Folder folder;
  // The size stands in the frame header, FF C0, after length and precision: height, width.
  Bytes jpeg = encoded(".jpg", blocks());
  for (std::size_t i = 0; i + 9 < jpeg.size(); ++i) {
    if (jpeg[i] == 0xff && jpeg[i + 1] == 0xc0) jpeg[i + 5] = jpeg[i + 6] = jpeg[i + 7] = jpeg[i + 8] = 0xfe;
  }
  CHECK(error_of(folder.write("huge.jpg", jpeg)) == Code::picture_too_large);
}

TEST_CASE("written pictures come back, and a full disk is named", "[picture]") {
  const Folder folder;
  Bytes rgb(8 * 6 * 3, 200);
  REQUIRE(write_jpeg(folder.path / "out.jpg", rgb.data(), 8, 6, 24, 90));
  const Picture back = load(folder.path / "out.jpg");
  CHECK(back.width == 8);
  CHECK(std::abs(back.bytes()[0] - 200) <= 2);  // JPEG's own loss

  const auto full = write_jpeg("/dev/full", rgb.data(), 8, 6, 24, 90);
  REQUIRE_FALSE(full);
  CHECK(full.error().code == Code::disk_full);
  const auto nowhere = write_jpeg(folder.path / "no" / "out.jpg", rgb.data(), 8, 6, 24, 90);
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().code == Code::target_unwritable);
}

}  // namespace
}  // namespace reeld::engine
