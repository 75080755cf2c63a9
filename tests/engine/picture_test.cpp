#include "engine/picture.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

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

// A JPEG with an APP1 segment that says how the camera was held: a little-endian TIFF header and one entry,
// tag 0x0112.
Bytes jpeg_held(int orientation) {
  Bytes jpeg = encoded(".jpg", blocks(), {cv::IMWRITE_JPEG_QUALITY, 95});
  const Bytes exif = {0xff,
                      0xe1,
                      0,
                      34,
                      'E',
                      'x',
                      'i',
                      'f',
                      0,
                      0,
                      'I',
                      'I',
                      42,
                      0,
                      8,
                      0,
                      0,
                      0,
                      1,
                      0,
                      0x12,
                      0x01,
                      3,
                      0,
                      1,
                      0,
                      0,
                      0,
                      static_cast<std::uint8_t>(orientation),
                      0,
                      0,
                      0,
                      0,
                      0,
                      0,
                      0};
  jpeg.insert(jpeg.begin() + 2, exif.begin(), exif.end());
  return jpeg;
}

// r, g, b or w: the colour in the middle of a quarter.
char colour(const Picture& picture, int right, int down) {
  const int x = picture.width / 4 + right * picture.width / 2,
            y = picture.height / 4 + down * picture.height / 2;
  const std::uint8_t* p = &picture.bytes[(static_cast<std::size_t>(y) * picture.width + x) * 4];
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
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Picture picture = load(folder.write("held.jpg", jpeg_held(orientation)));
    INFO(orientation);
    CHECK(picture.width == (orientation >= 5 ? 32 : 64));
    CHECK(picture.height == (orientation >= 5 ? 64 : 32));
    CHECK(quarters(picture) == shown[static_cast<std::size_t>(orientation - 1)]);
  }
}

TEST_CASE("JPEG, PNG, WebP, TIFF and BMP are read as RGBA", "[picture]") {
  const Folder folder;
  for (const std::string extension : {".jpg", ".png", ".webp", ".tiff", ".bmp"}) {
    const Picture picture = load(folder.write("picture" + extension, encoded(extension, blocks())));
    INFO(extension);
    CHECK(quarters(picture) == "rgbw");
    CHECK(picture.bytes[3] == 255);
    CHECK(picture.view().stride_bytes == 64 * 4);
  }
}

TEST_CASE("grey, alpha and 16 bits are kept", "[picture]") {
  const Folder folder;
  const Picture grey = load(folder.write("grey.png", encoded(".png", cv::Mat(5, 7, CV_8U, cv::Scalar(99)))));
  CHECK(Bytes(grey.bytes.begin(), grey.bytes.begin() + 4) == Bytes{99, 99, 99, 255});

  const Picture alpha =
      load(folder.write("alpha.png", encoded(".png", cv::Mat(5, 7, CV_8UC4, cv::Scalar(1, 2, 3, 77)))));
  CHECK(Bytes(alpha.bytes.begin(), alpha.bytes.begin() + 4) == Bytes{3, 2, 1, 77});

  const Picture deep =
      load(folder.write("deep.png", encoded(".png", cv::Mat(5, 7, CV_16UC3, cv::Scalar(1000, 2000, 3000)))));
  CHECK(deep.format == kernels::PictureFormat::rgba16);
  const auto* channel = reinterpret_cast<const std::uint16_t*>(deep.bytes.data());
  CHECK(std::vector<int>(channel, channel + 4) == std::vector<int>{3000, 2000, 1000, 65535});
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
}

TEST_CASE("what is no picture is named for what it is", "[picture]") {
  const Folder folder;
  CHECK(error_of(folder.path / "missing.jpg") == Code::file_missing);
  CHECK(error_of(folder.path) == Code::file_unreadable);
  CHECK(error_of(folder.write("empty.jpg", {})) == Code::picture_invalid);
  CHECK(error_of(folder.write("words.jpg", Bytes(1000, 'w'))) == Code::picture_invalid);
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
  CHECK(std::abs(back.bytes[0] - 200) <= 2);  // JPEG's own loss

  const auto full = write_jpeg("/dev/full", rgb.data(), 8, 6, 24, 90);
  REQUIRE_FALSE(full);
  CHECK(full.error().code == Code::disk_full);
  const auto nowhere = write_jpeg(folder.path / "no" / "out.jpg", rgb.data(), 8, 6, 24, 90);
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().code == Code::target_unwritable);
}

}  // namespace
}  // namespace reeld::engine
