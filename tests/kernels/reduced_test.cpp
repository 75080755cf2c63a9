// Reduced luma: what a film is measured by while it is rendered.
#include "kernels/reduced.hpp"

#include <catch2/catch.hpp>

#include "picture_fixture.hpp"

namespace reeld::kernels {
namespace {

constexpr std::uint16_t kUntouched = 0xEEEE;

struct Reduced {
  Reduced(int width, int height)
      : columns(reduced_size(width)),
        sums(static_cast<std::size_t>(columns * reduced_size(height)) + 1, kUntouched) {}
  int at(int x, int y) const { return sums[static_cast<std::size_t>(y * columns + x)]; }
  int columns;
  std::vector<std::uint16_t> sums;  // one more than there are blocks
};

Reduced render(Device& device, const FramePlan& plan, Frame* frame) {
  Reduced reduced(plan.width, plan.height);
  FrameView view = frame->view();
  view.reduced = reduced.sums.data();
  const auto done = device.render(plan, view);
  INFO((done ? "" : done.error().message));
  REQUIRE(done);
  return reduced;
}

}  // namespace

TEST_CASE("a frame without luma has no reduced luma, and none is made where none is asked for") {
  Bench bench;
  FramePlan plan = empty_plan(16, 16);
  Frame frame(16, 16, PixelFormat::rgb24);
  std::uint16_t sums[4] = {};
  FrameView view = frame.view();
  view.reduced = sums;
  const auto refused = bench.device().render(plan, view);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::invalid_request);
  CHECK(refused.error().message.find("rgb24") != std::string::npos);
  view.reduced = nullptr;
  CHECK(bench.device().render(plan, view));
}

TEST_CASE("white, black and the edges that cut a block") {
  // White is 235: 64 of them are 15040. A frame of 18x10 has 3x2 blocks; those at its edges repeat the last
  // pixels.
  // 10 bits count as 8 would.
  const auto format = GENERATE(PixelFormat::nv12, PixelFormat::p010);
  Bench bench;
  FramePlan plan = empty_plan(18, 10, format);
  Frame frame(18, 10, format);
  plan.background = {1, 1, 1};
  const Reduced white = render(bench.device(), plan, &frame);
  for (int i = 0; i < 6; ++i) CHECK(white.at(i % 3, i / 3) == 64 * 235);
  CHECK(white.sums[6] == kUntouched);
  plan.background = {};
  CHECK(render(bench.device(), plan, &frame).at(0, 0) == 64 * 16);
}

TEST_CASE("a block keeps the fraction of a code that its dither spreads") {
  // The dither spreads greys over 29/32 of a code: 3/64 are lost at most, and half a 64th by counting.
  const auto format = GENERATE(PixelFormat::yuv420p, PixelFormat::p010);
  Bench bench;
  FramePlan plan = empty_plan(64, 64, format);
  Frame frame(64, 64, format);
  double before = 0;
  for (int step = 0; step < 40; ++step) {
    const float grey = 0.2f + 0.0001f * static_cast<float>(step);
    plan.background = {grey, grey, grey};
    const double mean = render(bench.device(), plan, &frame).at(3, 3) / 64.0;
    const double encoded = 1.055 * std::pow(grey, 1 / 2.4) - 0.055;
    CHECK(mean == Approx(16 + 219 * encoded).margin(0.055));
    CHECK(mean >= before);
    before = mean;
  }
}

TEST_CASE("reduced luma is the sum of the luma that was written, on every device and for every size") {
  struct Size {
    int width, height;
  };
  const auto size = GENERATE(Size{2, 2}, Size{8, 8}, Size{62, 6}, Size{64, 8}, Size{66, 18}, Size{200, 30},
                             Size{320, 180}, Size{130, 1030});
  const auto format = GENERATE(PixelFormat::yuv420p, PixelFormat::nv12, PixelFormat::p010);
  for (auto& device : every_device()) {
    CAPTURE(device_title(*device), size.width, size.height, static_cast<int>(format));
    Bench bench(std::move(device));
    FramePlan plan =
        picture_plan(bench.add(noise_raster(90, 70, 5)), size.width, size.height, Rect{3.2, 1.7, 80, 60});
    plan.format = format;
    Frame frame(size.width, size.height, format);
    const Reduced reduced = render(bench.device(), plan, &frame);
    const bool deep = format == PixelFormat::p010;
    const auto code = [&](int x, int y) {
      x = std::min(x, size.width - 1);
      y = std::min(y, size.height - 1);
      return deep ? frame.deep(0, y * size.width + x)
                  : frame.bytes[static_cast<std::size_t>(y * size.width + x)];
    };
    int wrong = 0;
    for (int y = 0; y < reduced_size(size.height); ++y) {
      for (int x = 0; x < reduced.columns; ++x) {
        int sum = 0;
        for (int i = 0; i < 64; ++i) sum += code(8 * x + i % 8, 8 * y + i / 8);
        wrong += reduced.at(x, y) != (deep ? (sum + 2) / 4 : sum);
      }
    }
    CHECK(wrong == 0);
    CHECK(reduced.sums.back() == kUntouched);
    CHECK(bench.render(plan) == frame);
  }
}

}  // namespace reeld::kernels
