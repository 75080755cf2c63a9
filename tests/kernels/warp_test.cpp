// Sampling against the reference in double. 48 dB is an RMS error of one code value (20 log10(255 / 1)
// = 48.1): a dither of even density over +-0.5 has an RMS of 0.29, rounding another 0.29, together 0.41 (55.9
// dB), which is the ceiling; what is left between 48 and 56 dB is for the mip level's filter, which is not
// the reference's.
//
// Declared exception: a level that is shrunk further by less than 1.75. It holds nothing above a quarter of a
// cycle a pixel, and folds what lies there, while the reference still passes half of it: no filter can repair
// that (the test picture has full power up to 0.35 cycles, as a photograph has not). 1.75 and more gives 48
// dB.
#include <catch2/catch.hpp>
#include <cmath>

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
                    Case{3.7, 0, 48}, Case{3.5, 1, 48}, Case{3.7, 1, 48}, Case{4.3, 1, 48}, Case{7.4, 2, 48},
                    Case{2.1, 1, 33}, Case{2.9, 1, 43});
  FramePlan plan = picture_plan(picture, 160, 96, Rect{33.37, 21.81, 160 * c.scale, 96 * c.scale}, c.level);
  double decibel = psnr(bench.render(plan), bench.expect(plan));
  CAPTURE(c.scale, c.level, decibel);
  CHECK(decibel >= c.least_decibel);
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
  int level = GENERATE(0, 1, 2, 3);
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
