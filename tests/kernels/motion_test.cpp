// A slow pan is judged by where a dot is, frame after frame: sub-pixel motion must neither step nor waver.
#include <catch2/catch.hpp>
#include <cmath>

#include "picture_fixture.hpp"

namespace reeld::kernels {
namespace {

// A Gaussian of sigma 4 pixels in linear light, at (cx, cy).
Raster dot_raster(int size, double cx, double cy) {
  Raster raster(size, size);
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) {
      double dx = x + 0.5 - cx;
      double dy = y + 0.5 - cy;
      int code =
          static_cast<int>(std::lround(255 * reference::to_encoded(std::exp(-(dx * dx + dy * dy) / 32))));
      raster.set(x, y, code, code, code);
    }
  }
  return raster;
}

struct Point {
  double x = 0, y = 0;
};

// The centre of light, Y brought back to linear.
Point centroid(const Frame& frame) {
  double sum = 0;
  Point point;
  for (int y = 0; y < frame.height; ++y) {
    for (int x = 0; x < frame.width; ++x) {
      double code = frame.bytes[static_cast<std::size_t>(y * frame.width + x)];
      double light = reference::to_linear(std::max(0.0, (code - 16) / 219));
      sum += light;
      point.x += light * (x + 0.5);
      point.y += light * (y + 0.5);
    }
  }
  return {point.x / sum, point.y / sum};
}

}  // namespace

TEST_CASE("a dot under a slow pan is never more than a hundredth of a pixel from its place") {
  struct Case {
    double scale;
    int level;
  };
  auto c = GENERATE(Case{1.0, 0}, Case{0.7, 0}, Case{1.3, 0}, Case{1.8, 1}, Case{2.7, 2}, Case{3.6, 3});
  Bench bench;
  int size = static_cast<int>(64 * c.scale) + 24;
  double cx = size / 2.0 + 0.3, cy = size / 2.0 - 0.2;
  PictureId picture = bench.add(dot_raster(size, cx, cy));
  double sum = 0, largest = 0;
  constexpr int kFrames = 90;
  for (int n = 0; n < kFrames; ++n) {
    // 0.037 and 0.011 source pixels a frame: every sub-pixel phase comes up.
    Rect source{8 + 0.037 * n, 9 + 0.011 * n, 64 * c.scale, 64 * c.scale};
    FramePlan plan = picture_plan(picture, 64, 64, source, c.level);
    plan.format = PixelFormat::yuv420p;
    Point seen = centroid(bench.render(plan));
    double error = std::hypot(seen.x - (cx - source.x) / c.scale, seen.y - (cy - source.y) / c.scale);
    largest = std::max(largest, error);
    sum += error * error;
  }
  double rms = std::sqrt(sum / kFrames);
  CAPTURE(c.scale, c.level, largest, rms);
  CHECK(largest <= 0.01);
  CHECK(rms <= 0.005);
}

}  // namespace reeld::kernels
