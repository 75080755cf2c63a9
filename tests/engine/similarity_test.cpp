// Against a reference of its own (similarity_reference.py: numpy, double precision, no OpenCV), against
// figures that follow by hand, and against ladders of degradations.
#include "engine/score/similarity.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "base/temporary_folder.hpp"
#include "engine/film_likeness.hpp"

namespace reeld::engine {
namespace {

struct Luma {
  static constexpr int kMost = 255;
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;
  LumaView view() const { return {pixels.data(), width, height, static_cast<std::size_t>(width)}; }
};

// As p010 has it.
struct DeepLuma {
  static constexpr int kMost = 1023;
  int width = 0, height = 0;
  std::vector<std::uint16_t> words;
  LumaView view() const {
    return {reinterpret_cast<const std::uint8_t*>(words.data()), width, height,
            static_cast<std::size_t>(width) * 2, 10};
  }
};

// In codes of 8 bits, whatever the depth.
using Paint = std::function<double(int x, int y)>;

Luma painted(int width, int height, const Paint& paint) {
  Luma luma{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x)
      luma.pixels.push_back(static_cast<std::uint8_t>(std::clamp(std::lround(paint(x, y)), 0L, 255L)));
  }
  return luma;
}

DeepLuma deeply_painted(int width, int height, const Paint& paint) {
  DeepLuma luma{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x)
      luma.words.push_back(
          static_cast<std::uint16_t>(std::clamp(std::lround(4 * paint(x, y)), 0L, 1023L) << 6));
  }
  return luma;
}

// Deterministic, -1..1.
double noise(int x, int y) {
  std::uint32_t state =
      static_cast<std::uint32_t>(x) * 2654435761U ^ static_cast<std::uint32_t>(y) * 2246822519U;
  state = (state ^ (state >> 15)) * 2246822519U;
  state = (state ^ (state >> 13)) * 3266489917U;
  return static_cast<double>(state ^ (state >> 16)) / 2147483648.0 - 1;
}

// Smooth, textured and edged parts.
double scene(int x, int y) {
  const double waves = 40 * std::sin(x * 0.05) * std::cos(y * 0.031) + 15 * std::sin(x * 0.9 + y * 0.4);
  return 120 + waves + (x > 90 && y > 60 ? 45 : 0) + (x / 16 % 5 == 0 ? 6 * noise(x, y) : 0);
}

Luma scene_of(int width, int height, double error) {
  return painted(width, height, [=](int x, int y) { return scene(x, y) + error * noise(x + 7, y + 3); });
}

// As PGM has them: of 10 bits the upper byte first.
std::string samples_of(const Luma& luma) {
  return {luma.pixels.begin(), luma.pixels.end()};
}
std::string samples_of(const DeepLuma& luma) {
  std::string samples;
  for (const std::uint16_t word : luma.words) {
    samples += static_cast<char>(word >> 14);
    samples += static_cast<char>(word >> 6 & 0xFF);
  }
  return samples;
}

template <class AnyLuma>
nlohmann::json reference(const AnyLuma& a, const AnyLuma& b) {
  const TemporaryFolder folder;
  const auto write = [&](const char* name, const AnyLuma& luma) {
    const auto file = folder.path() / name;
    std::ofstream out(file, std::ios::binary);
    out << "P5\n" << luma.width << " " << luma.height << "\n" << AnyLuma::kMost << "\n" << samples_of(luma);
    return "'" + file.string() + "'";
  };
  const std::string command = "/usr/bin/python3 -B '" REELD_SOURCE_DIR
                              "/tests/engine/similarity_reference.py' " +
                              write("a.pgm", a) + " " + write("b.pgm", b);
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  char block[4096];
  for (std::size_t count = 0; (count = fread(block, 1, sizeof block, pipe.get())) > 0;)
    text.append(block, count);
  REQUIRE_FALSE(text.empty());
  return nlohmann::json::parse(text);
}

FrameBuffer grey(int width, int height, std::uint8_t value) {
  FrameBuffer frame(kernels::PixelFormat::yuv420p, width, height);
  std::fill(frame.bytes.begin(), frame.bytes.end(), value);
  return frame;
}

TEST_CASE("the figures are those of the definitions, in sizes even and odd", "[score][fidelity]") {
  const std::pair<int, int> sizes[] = {{320, 180}, {176, 162}, {163, 201}, {161, 161}};
  for (const auto& [width, height] : sizes) {
    for (const double error : {2.0, 12.0, 60.0}) {
      const Luma a = scene_of(width, height, 0), b = scene_of(width, height, error);
      const auto expected = reference(a, b);
      const Similarity found = similarity(a.view(), b.view());
      INFO(width << "x" << height << " error " << error);
      CHECK(std::abs(found.ssim - expected.at("ssim").get<double>()) < 2e-5);
      REQUIRE(found.ms_ssim);
      CHECK(std::abs(*found.ms_ssim - expected.at("ms_ssim").get<double>()) < 2e-5);
    }
  }
}

TEST_CASE("the figures of 10 bits are those of the definitions too", "[score][fidelity]") {
  const std::pair<int, int> sizes[] = {{320, 180}, {163, 201}};
  for (const auto& [width, height] : sizes) {
    for (const double error : {0.4, 2.0, 12.0}) {
      const auto of = [&](double strength) {
        return deeply_painted(width, height,
                              [=](int x, int y) { return scene(x, y) + strength * noise(x + 7, y + 3); });
      };
      const DeepLuma a = of(0), b = of(error);
      const auto expected = reference(a, b);
      const Similarity found = similarity(a.view(), b.view());
      INFO(width << "x" << height << " error " << error);
      CHECK(std::abs(found.ssim - expected.at("ssim").get<double>()) < 2e-5);
      CHECK(std::abs(found.ms_ssim.value() - expected.at("ms_ssim").get<double>()) < 2e-5);
    }
  }
}

// 32 of 1023 everywhere: 10 log10(1023^2 / 1024) = 30.09 dB.
TEST_CASE("PSNR of 10 bits has a peak of 1023", "[score][fidelity]") {
  FrameBuffer a(kernels::PixelFormat::p010, 32, 16), b(kernels::PixelFormat::p010, 32, 16);
  for (std::size_t i = 0; i < a.bytes.size(); i += 2) {
    a.bytes[i + 1] = 400 >> 2;
    b.bytes[i + 1] = 432 >> 2;
  }
  CHECK(psnr_of(mean_squared_error(a, b)) == Approx(10 * std::log10(1023.0 * 1023 / 1024)));
  CHECK(mean_squared_error(a, a) == 0);
}

// A contour is as high in 10 bits as in 8; shades of less than an 8-bit code are none, nor is their unrest.
TEST_CASE("contours of 10 bits are steps of a whole 8-bit code or more", "[score][fidelity]") {
  const auto steps = [](double step, double unrest = 0) {
    return deeply_painted(160, 40, [=](int x, int y) {
      return 40 + step * (x / 16) + unrest * std::round((noise(x, y) + 1) / 2);
    });
  };
  for (const double step : {1.0, 2.0, 4.0}) CHECK(banding(steps(step).view()) == Approx(9.0 / 160));
  for (const double step : {0.0, 0.25, 0.5, 0.75, 4.25}) CHECK(banding(steps(step).view()) == 0);
  const DeepLuma restless = steps(2, 0.25), wild = steps(2, 0.5);
  CHECK(banding(restless.view()) > 0.9 * 9 / 160);
  CHECK(banding(wild.view()) < 0.1 * 9 / 160);
  const auto expected = reference(restless, wild).at("banding");
  CHECK(banding(restless.view()) == Approx(expected.at(0).get<double>()));
  CHECK(banding(wild.view()) == Approx(expected.at(1).get<double>()));
}

TEST_CASE("a frame is as itself, whatever it shows", "[score][fidelity]") {
  for (const Luma& luma : {scene_of(200, 170, 5), painted(200, 170, [](int, int) { return 16; })}) {
    const Similarity found = similarity(luma.view(), luma.view());
    CHECK(found.ssim == Approx(1).margin(1e-6));
    REQUIRE(found.ms_ssim);
    CHECK(*found.ms_ssim == Approx(1).margin(1e-6));
  }
}

// Of two flat frames only the luminance term is left: (2ab + C1) / (a^2 + b^2 + C1), C1 = 6.5025;
// a = 100, b = 110: 22006.5025 / 22106.5025. All contrast terms are 1, so MS-SSIM is that to the power
// 0.1333.
TEST_CASE("flat frames differ by their luminance alone", "[score][fidelity]") {
  const auto flat = [](double value) { return painted(180, 180, [=](int, int) { return value; }); };
  const Similarity found = similarity(flat(100).view(), flat(110).view());
  const double luminance = 22006.5025 / 22106.5025;
  CHECK(found.ssim == Approx(luminance).margin(1e-6));
  CHECK(*found.ms_ssim == Approx(std::pow(luminance, 0.1333)).margin(1e-6));
}

TEST_CASE("a small frame has no MS-SSIM, and a negative is nothing alike", "[score][fidelity]") {
  const Luma small = scene_of(160, 400, 0);
  CHECK_FALSE(similarity(small.view(), small.view()).ms_ssim);
  CHECK_FALSE(has_ms_ssim(160, 400));
  CHECK(has_ms_ssim(161, 400));
  const Luma tiny = scene_of(16, 16, 0);
  CHECK(similarity(tiny.view(), tiny.view()).ssim == Approx(1));
  const Luma texture = painted(200, 200, [](int x, int y) { return 128 + 90 * noise(x, y); });
  const Luma negative = painted(200, 200, [](int x, int y) { return 128 - 90 * noise(x, y); });
  CHECK(similarity(texture.view(), negative.view()).ssim < -0.8);
  CHECK(*similarity(texture.view(), negative.view()).ms_ssim == 0);
}

// 8 of difference everywhere: 10 log10(255^2 / 64) = 30.07 dB.
TEST_CASE("PSNR is of the mean squared error of all samples, and 100 dB of none", "[score][fidelity]") {
  const FrameBuffer a = grey(32, 16, 100), b = grey(32, 16, 108);
  CHECK(mean_squared_error(a, b) == 64);
  CHECK(psnr_of(64) == Approx(30.0693).margin(1e-3));
  CHECK(psnr_of(0) == kMostPsnr);
  CHECK(psnr_of(1e-9) == kMostPsnr);
  FrameBuffer c = grey(32, 16, 100);
  c.bytes[0] = 124;  // 24^2 of 32 * 16 * 1.5 samples
  CHECK(mean_squared_error(a, c) == Approx(576.0 / 768));
}

// Steps of 2 every 16 columns: 159 - ... a contour behind every 16th column but the last.
TEST_CASE("contours are counted where flat stretches give way to each other by a small step",
          "[score][fidelity]") {
  const auto steps = [](double step) {
    return painted(160, 40, [=](int x, int) { return 40 + step * (x / 16); });
  };
  CHECK(banding(steps(2).view()) == Approx(9.0 / 160));
  CHECK(banding(steps(4).view()) == Approx(9.0 / 160));
  CHECK(banding(steps(5).view()) == 0);  // an edge, not a shade
  CHECK(banding(steps(0).view()) == 0);  // flat
  CHECK(banding(painted(160, 40, [](int x, int y) { return x + 128 * noise(x, y); }).view()) == 0);
  CHECK(banding(painted(160, 40, [](int x, int) { return 40 + x / 5; }).view()) ==
        0);  // too short to be seen
  const Luma across = painted(40, 160, [](int, int y) { return 40 + 2 * (y / 16); });
  CHECK(banding(across.view()) == Approx(9.0 / 160));
  const Luma soft = painted(170, 170, [](int x, int y) { return 60 + 0.1 * x + 0.07 * y; });
  const Luma hard =
      painted(170, 170, [](int x, int y) { return 60 + 3 * std::floor((0.1 * x + 0.07 * y) / 3); });
  const auto expected = reference(soft, hard).at("banding");
  CHECK(banding(soft.view()) == Approx(expected.at(0).get<double>()));
  CHECK(banding(hard.view()) == Approx(expected.at(1).get<double>()));
}

// A gradient of 24 shades, dithered as frames are rendered, with more and more of it taken away.
TEST_CASE("the less dither is left of a gradient, the more it bands", "[score][fidelity]") {
  double last = -1;
  for (const double dither : {0.46, 0.3, 0.2, 0.1, 0.0}) {
    const Luma sky = painted(480, 120, [=](int x, int y) { return 80 + x * 0.05 + dither * noise(x, y); });
    const double found = banding(sky.view());
    CHECK(found > last);
    last = found;
  }
  CHECK(last > 0.03);
}

TEST_CASE("more noise is less alike, step by step", "[score][fidelity]") {
  Similarity last{2, 2};
  for (const double error : {0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0}) {
    const Similarity found = similarity(scene_of(240, 180, 0).view(), scene_of(240, 180, error).view());
    CHECK(found.ssim < last.ssim);
    CHECK(*found.ms_ssim < *last.ms_ssim);
    last = found;
  }
}

}  // namespace
}  // namespace reeld::engine
