// JPEGs, decoded while they are read and taken in while they are decoded: what is damaged is said so and
// ends, and the pixels are those that libjpeg-turbo's own whole-picture call gives.
#include "engine/jpeg_file.hpp"

#include <turbojpeg.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <opencv2/imgcodecs.hpp>

#include "base/temporary_folder.hpp"
#include "engine/picture.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

fs::path written(const TemporaryFolder& folder, const std::string& name, const Bytes& bytes) {
  std::ofstream(folder.path() / name, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return folder.path() / name;
}

// Noise: large files, in which any damage is soon met. More than one block of the file is read for 700x600.
cv::Mat noise(int width, int height, int type = CV_8UC3) {
  cv::Mat pixels(height, width, type);
  cv::theRNG().state = 1;
  cv::randu(pixels, 0, 255);
  return pixels;
}

Bytes encoded(const cv::Mat& image, std::vector<int> parameters = {}) {
  Bytes bytes;
  REQUIRE(cv::imencode(".jpg", image, bytes, parameters));
  return bytes;
}

Bytes encoded(const cv::Mat& image, TJSAMP sampling, int flags = 0) {
  const std::unique_ptr<void, int (*)(tjhandle)> turbo(tjInitCompress(), tjDestroy);
  unsigned char* jpeg = nullptr;
  unsigned long size = 0;
  REQUIRE(tjCompress2(turbo.get(), image.data, image.cols, 0, image.rows, TJPF_RGB, &jpeg, &size, sampling,
                      90, flags) == 0);
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owned(jpeg, tjFree);
  return Bytes(jpeg, jpeg + size);
}

Bytes by_turbojpeg(const Bytes& jpeg, int width, int height) {
  const std::unique_ptr<void, int (*)(tjhandle)> turbo(tjInitDecompress(), tjDestroy);
  Bytes pixels(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
  REQUIRE(tjDecompress2(turbo.get(), jpeg.data(), jpeg.size(), pixels.data(), width, 0, height, TJPF_RGBA,
                        TJFLAG_ACCURATEDCT) == 0);
  return pixels;
}

// What a device says of a picture that it takes in while it is decoded.
Error error_of_upload(const fs::path& file) {
  const auto device = kernels::open_device(kernels::DeviceKind::cpu);
  REQUIRE(device);
  const auto picture = begin_loading(file);
  REQUIRE(picture);
  const auto id = (*device)->upload(picture->view(), {1, 1});
  REQUIRE_FALSE(id);
  CHECK(picture->whole().error() == id.error());
  CHECK(load_picture(file).error() == id.error());
  return id.error();
}

TEST_CASE("a JPEG cut anywhere is said to be truncated, whoever takes it in meanwhile", "[jpeg]") {
  const TemporaryFolder folder;
  const Bytes whole = encoded(noise(700, 600));
  REQUIRE(whole.size() > 300'000);
  for (const double share : {0.1, 0.5, 0.99}) {
    Bytes bytes = whole;
    bytes.resize(static_cast<std::size_t>(static_cast<double>(bytes.size()) * share));
    const Error error = error_of_upload(written(folder, "cut.jpg", bytes));
    CHECK(error.code == Code::picture_invalid);
    CHECK(error.message.find("cut.jpg cannot be decoded: the file is truncated") != std::string::npos);
  }
  Bytes endless = whole;
  endless.resize(endless.size() - 2);  // all pixels are there
  CHECK(error_of_upload(written(folder, "endless.jpg", endless)).code == Code::picture_invalid);
}

TEST_CASE("a JPEG with a hole, or with garbage within, is refused", "[jpeg]") {
  const TemporaryFolder folder;
  const Bytes whole = encoded(noise(700, 600));
  Bytes hole = whole;
  hole.erase(hole.begin() + 100'000, hole.end() - 2);
  CHECK(error_of_upload(written(folder, "hole.jpg", hole)).code == Code::picture_invalid);
  Bytes garbage = whole;
  for (std::size_t i = 0; i < 5000; ++i) garbage[150'000 + i] = i % 2 == 0 ? 0xFF : 0x12;  // no marker known
  const Error error = error_of_upload(written(folder, "garbage.jpg", garbage));
  CHECK(error.code == Code::picture_invalid);
  CHECK(error.message.find("Corrupt JPEG data") != std::string::npos);
}

TEST_CASE("what is wrong with a JPEG's header is said before anything is decoded", "[jpeg]") {
  const TemporaryFolder folder;
  Bytes bytes = encoded(noise(70, 60));
  bytes.resize(30);
  CHECK(begin_loading(written(folder, "start.jpg", bytes)).error().code == Code::picture_invalid);
  CHECK(begin_loading(written(folder, "words.jpg", {0xff, 0xd8, 'n', 'o'})).error().code ==
        Code::picture_invalid);
  CHECK(begin_loading(folder.path() / "none.jpg").error().code == Code::file_missing);
}

TEST_CASE("a picture that nobody takes in after all is let go of", "[jpeg]") {
  const TemporaryFolder folder;
  const fs::path file = written(folder, "unused.jpg", encoded(noise(700, 600)));
  for (int i = 0; i < 5; ++i) CHECK(begin_loading(file));
}

TEST_CASE("pixels are libjpeg-turbo's, for every sampling, progressive, in restart intervals, in grey",
          "[jpeg]") {
  const TemporaryFolder folder;
  const cv::Mat image = noise(203, 131), large = noise(701, 602);
  const std::vector<std::pair<std::string, Bytes>> files = {
      {"4:4:4", encoded(image, TJSAMP_444)},
      {"4:2:2", encoded(image, TJSAMP_422)},
      {"4:2:0", encoded(image, TJSAMP_420)},
      {"4:4:0", encoded(image, TJSAMP_440)},
      {"4:1:1", encoded(image, TJSAMP_411)},
      {"grey", encoded(image, TJSAMP_GRAY)},
      {"progressive", encoded(large, TJSAMP_420, TJFLAG_PROGRESSIVE)},
      {"restarts", encoded(large, {cv::IMWRITE_JPEG_RST_INTERVAL, 5})},
      {"more than a block", encoded(large)}};
  for (const auto& [name, bytes] : files) {
    INFO(name);
    const auto picture = load_picture(written(folder, "picture.jpg", bytes));
    REQUIRE(picture);
    CHECK(picture->alpha == kernels::AlphaKind::opaque);
    CHECK(Bytes(picture->bytes().begin(), picture->bytes().end()) ==
          by_turbojpeg(bytes, picture->width, picture->height));
  }
}

TEST_CASE("a JPEG's end is found before the zeros that a camera filled up with", "[jpeg]") {
  const TemporaryFolder folder;
  const auto has_end = [&](const Bytes& bytes) {
    const auto jpeg = JpegFile::open(written(folder, "end.jpg", bytes));
    REQUIRE(jpeg);
    return jpeg->has_end();
  };
  Bytes bytes = encoded(noise(70, 60));
  CHECK(has_end(bytes));
  for (const std::size_t zeros : {1, 4095, 4096, 10'000}) {
    Bytes filled = bytes;
    filled.resize(bytes.size() + zeros);
    INFO(zeros);
    CHECK(has_end(filled));
  }
  // The marker's two bytes in two blocks that are looked at one after the other.
  bytes.resize(bytes.size() + 4095);
  CHECK(has_end(bytes));
  bytes.push_back(1);
  CHECK_FALSE(has_end(bytes));
}

TEST_CASE("how a camera was held is found behind what other programs wrote before it", "[jpeg]") {
  const TemporaryFolder folder;
  Bytes jpeg = encoded(noise(32, 16));
  const Bytes xmp = {0xff, 0xe1, 0, 12, 'h', 't', 't', 'p', ':', '/', '/', 'x', 0, 0};
  const Bytes exif = {0xff, 0xe1, 0,    34,   'E', 'x', 'i', 'f', 0, 0, 'I', 'I', 42, 0, 8, 0, 0, 0,
                      1,    0,    0x12, 0x01, 3,   0,   1,   0,   0, 0, 6,   0,   0,  0, 0, 0, 0, 0};
  jpeg.insert(jpeg.begin() + 2, exif.begin(), exif.end());
  jpeg.insert(jpeg.begin() + 2, xmp.begin(), xmp.end());
  const fs::path file = written(folder, "held.jpg", jpeg);
  CHECK(JpegFile::open(file)->orientation() == 6);
  const auto picture = begin_loading(file);
  REQUIRE(picture);
  CHECK(picture->width() == 16);
  CHECK(picture->view().rows == nullptr);  // turned, so it is whole
}

}  // namespace
}  // namespace reeld::engine
