// Sampling against the reference in double. 48 dB is an RMS error of one code value (20 log10(255 / 1)
// = 48.1): a dither of even density over +-0.5 has an RMS of 0.29, rounding another 0.29, together 0.41 (55.9
// dB), which is the ceiling; what is left between 48 and 56 dB is what a mip level has no room for.
//
// Declared exception: a level that is shrunk further by less than 1.85. A level of reduction r holds nothing
// above r / 2 cycles a pixel, while the reference still passes a third to a tenth of it there, beyond what
// the frame itself can show: no filter can repair that. The test picture has full power up to 0.35 cycles and
// hard strokes, as a photograph has not; those come to 52 dB or more from 1.3 on, where the engine begins
// (bench/README.md), and so does grain, which is tried here.
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "kernels/mip_level.hpp"
#include "picture_fixture.hpp"

namespace reeld::kernels {
namespace {

double psnr(const Frame& frame, const reference::Image& expected) {
  double sum = 0;
  for (int y = 0; y < frame.height; ++y) {
    for (int x = 0; x < frame.width; ++x) {
      const reference::Pixel& p = expected.at(x, y);
      const double codes[3] = {p.r * 255, p.g * 255, p.b * 255};
      for (int c = 0; c < 3; ++c) {
        double error = frame.rgb(x, y, c) - codes[c];
        sum += error * error;
      }
    }
  }
  double mean = sum / (3.0 * frame.width * frame.height);
  return 10 * std::log10(255 * 255 / mean);
}

}  // namespace

TEST_CASE("a warp comes within its declared RMS of the float64 reference at every scale and level") {
  static const Raster raster = natural_raster(701, 463);
  Bench bench;
  PictureId picture = bench.add(raster);
  struct Case {
    double scale;
    int level;
    double least_decibel;
  };
  auto c = GENERATE(Case{0.5, 0, 48}, Case{1.0, 0, 48}, Case{1.3, 0, 48}, Case{1.9, 0, 48}, Case{2.1, 0, 48},
                    Case{3.7, 0, 48}, Case{1.74, 1, 44}, Case{1.83, 1, 45}, Case{2.1, 1, 47},
                    Case{2.4, 1, 47}, Case{2.6, 2, 40}, Case{3.0, 2, 44}, Case{3.5, 2, 48}, Case{3.47, 3, 40},
                    Case{4.3, 3, 45}, Case{4.8, 3, 47}, Case{5.2, 4, 40}, Case{7.4, 4, 48});
  FramePlan plan = picture_plan(picture, 160, 96, Rect{33.37, 21.81, 160 * c.scale, 96 * c.scale}, c.level);
  double decibel = psnr(bench.render(plan), bench.expect(plan));
  CAPTURE(c.scale, c.level, decibel);
  CHECK(decibel >= c.least_decibel);
}

TEST_CASE("grain comes within one code value at the least scale at which a level is sampled") {
  Raster raster(701, 463);
  std::mt19937 random(5);
  for (int i = 0; i < raster.width * raster.height; ++i) {
    int code[3];
    for (int& value : code) {
      // The sum of 12 even ones is nearly normal, of deviation 1; here 8.
      double sum = -6;
      for (int n = 0; n < 12; ++n) {
        sum += random() / 4294967296.0;
      }
      value = static_cast<int>(std::lround(120 + 8 * sum));
    }
    raster.set(i % raster.width, i / raster.width, code[0], code[1], code[2]);
  }
  Bench bench;
  PictureId picture = bench.add(raster);
  int level = GENERATE(1, 2, 3, 4);
  double scale = 1.3 / mip_reduction(level);
  FramePlan plan = picture_plan(picture, 120, 80, Rect{13.37, 11.81, 120 * scale, 80 * scale}, level);
  double decibel = psnr(bench.render(plan), bench.expect(plan));
  CAPTURE(level, decibel);
  CHECK(decibel >= 48);
}

TEST_CASE("a picture of odd sides keeps its place from level to level") {
  Raster raster(301, 187);
  // A ramp in linear light survives any low pass, so only a displaced level changes it. Near its middle a
  // code value is 1/250 of linear light or so, and the ramp climbs 1/301 a pixel: half a pixel of
  // displacement is 0.4 codes, where the dither, averaged over whole 8x8 patterns, leaves 0.
  for (int y = 0; y < raster.height; ++y) {
    for (int x = 0; x < raster.width; ++x) {
      double v = (x + 0.5) / 301;
      int code = static_cast<int>(std::lround(255 * (1.055 * std::pow(v, 1 / 2.4) - 0.055)));
      raster.set(x, y, code, code, code);
    }
  }
  Bench bench;
  PictureId picture = bench.add(raster);
  int level = GENERATE(0, 1, 2, 3, 4, 5, 6);
  FramePlan plan = picture_plan(picture, 32, 16, Rect{60.0, 40.0, 160, 80}, level);
  Frame frame = bench.render(plan);
  reference::Image expected = bench.expect(plan);
  double sum = 0;
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 32; ++x) {
      sum += frame.rgb(x, y, 1) - expected.at(x, y).g * 255;
    }
  }
  CAPTURE(level);
  CHECK(std::abs(sum / (32 * 16)) <= 0.1);
}

}  // namespace reeld::kernels
