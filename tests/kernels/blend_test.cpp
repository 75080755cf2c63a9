// Transitions, overlays and alpha against the reference: at most one code value, which is rounding (0.5) and
// dither (below 0.5).
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "kernels/transition.hpp"
#include "picture_fixture.hpp"

namespace reeld::kernels {
namespace {

constexpr int kWidth = 40;
constexpr int kHeight = 24;

double largest_error(const std::uint8_t* plane, const std::vector<double>& expected) {
  double largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(plane[i] - expected[i]));
  }
  return largest;
}

// In rgb24 and in each plane of yuv420p.
void check_against_reference(Bench* bench, FramePlan plan) {
  reference::Image expected = bench->expect(plan);
  plan.format = PixelFormat::rgb24;
  Frame rgb = bench->render(plan);
  std::vector<double> codes;
  for (const reference::Pixel& p : expected.pixels) {
    codes.insert(codes.end(), {p.r * 255, p.g * 255, p.b * 255});
  }
  CHECK(largest_error(rgb.bytes.data(), codes) <= 1.0);
  plan.format = PixelFormat::yuv420p;
  Frame yuv = bench->render(plan);
  FrameView planes = yuv.view();
  CHECK(largest_error(planes.planes[0], reference::luma_plane(expected)) <= 1.0);
  CHECK(largest_error(planes.planes[1], reference::cb_plane(expected)) <= 1.0);
  CHECK(largest_error(planes.planes[2], reference::cr_plane(expected)) <= 1.0);
}

// Two layers at their own size, each with an overlay that belongs to it.
FramePlan two_layers(Bench* bench) {
  Rect whole{0, 0, kWidth, kHeight};
  FramePlan plan = picture_plan(bench->add(noise_raster(kWidth, kHeight, 1)), kWidth, kHeight, whole);
  plan.layer_count = 2;
  plan.layers[1] = Layer{bench->add(noise_raster(kWidth, kHeight, 2)), whole, 0};
  PictureId text = bench->add(noise_raster(9, 5, 3, true));
  plan.overlay_count = 2;
  plan.overlays[0] = Overlay{text, 3.25, 2.5, 0.8f, 0};
  plan.overlays[1] = Overlay{text, 25.0, 11.75, 1.0f, 1};
  plan.transition.colour = {0.1f, 0.5f, 0.9f};
  return plan;
}

}  // namespace

TEST_CASE("every transition in every direction matches the reference within one code value") {
  Bench bench;
  FramePlan plan = two_layers(&bench);
  for (const TransitionRow& kernel : transition_rows()) {
    for (Direction direction : {Direction::left, Direction::right, Direction::up, Direction::down}) {
      for (float progress : {0.0f, 0.13f, 0.5f, 0.77f, 1.0f}) {
        for (float softness : {0.0f, 0.3f}) {
          plan.transition.kind = kernel.kind;
          plan.transition.direction = direction;
          plan.transition.progress = progress;
          plan.transition.softness = softness;
          CAPTURE(kernel.name, static_cast<int>(direction), progress, softness);
          check_against_reference(&bench, plan);
        }
      }
    }
  }
}

TEST_CASE("at its ends every transition is one layer bit by bit") {
  Bench bench;
  FramePlan plan = two_layers(&bench);
  FramePlan first = plan;
  first.layer_count = 1;
  first.overlay_count = 1;
  FramePlan second = first;
  second.layers[0] = plan.layers[1];
  second.overlays[0] = plan.overlays[1];
  second.overlays[0].layer = 0;
  Frame before = bench.render(first);
  Frame after = bench.render(second);
  for (const TransitionRow& kernel : transition_rows()) {
    for (Direction direction : {Direction::left, Direction::right, Direction::up, Direction::down}) {
      for (float softness : {0.0f, 0.37f, 1.0f}) {
        plan.transition.kind = kernel.kind;
        plan.transition.direction = direction;
        plan.transition.softness = softness;
        CAPTURE(kernel.name, static_cast<int>(direction), softness);
        plan.transition.progress = 0;
        CHECK(bench.render(plan) == before);
        plan.transition.progress = 1;
        CHECK(bench.render(plan) == after);
      }
    }
  }
}

TEST_CASE("a cut shows the new layer from the middle on") {
  Bench bench;
  FramePlan plan = two_layers(&bench);
  plan.transition.progress = 1;
  Frame after = bench.render(plan);
  plan.transition.progress = 0.5f;
  CHECK(bench.render(plan) == after);
  plan.transition.progress = 0.49f;
  CHECK_FALSE(bench.render(plan) == after);
}

TEST_CASE("pictures with alpha lie over the background, overlays over the mix in their order") {
  Bench bench;
  PictureId picture = bench.add(noise_raster(kWidth, kHeight, 4, true));
  FramePlan plan = picture_plan(picture, kWidth, kHeight, Rect{0, 0, kWidth, kHeight});
  plan.background = {0.2f, 0.7f, 0.05f};
  check_against_reference(&bench, plan);
  plan.layers[0].source = Rect{-3.3, 2.2, 50.1, 30.7};
  check_against_reference(&bench, plan);
  PictureId overlay = bench.add(noise_raster(13, 7, 5, true));
  plan.overlay_count = 3;
  plan.overlays[0] = Overlay{overlay, 4, 5, 1.0f, Overlay::kOnTop};
  plan.overlays[1] = Overlay{overlay, 9.4, 8.6, 0.35f, Overlay::kOnTop};
  plan.overlays[2] = Overlay{overlay, 30.5, 20.25, 0.9f, 0};
  check_against_reference(&bench, plan);
}

TEST_CASE("an overlay partly or wholly outside of the frame shows its part") {
  Bench bench;
  FramePlan plan = empty_plan(kWidth, kHeight);
  plan.background = {0.4f, 0.4f, 0.4f};
  PictureId overlay = bench.add(noise_raster(13, 7, 6, true));
  plan.overlay_count = 1;
  double x = GENERATE(-200.0, -13.0, -12.5, -4.75, 33.5, 39.75, 40.0, 1000.0);
  double y = GENERATE(-7.0, -6.6, 21.3, 24.0);
  plan.overlays[0] = Overlay{overlay, x, y, 1.0f, Overlay::kOnTop};
  CAPTURE(x, y);
  check_against_reference(&bench, plan);
}

TEST_CASE("an overlay at whole pixels is copied exactly") {
  Bench bench;
  Raster raster = noise_raster(13, 7, 8);
  FramePlan plan = empty_plan(kWidth, kHeight);
  plan.overlay_count = 1;
  plan.overlays[0] = Overlay{bench.add(raster), 11, 9, 1.0f, Overlay::kOnTop};
  Frame frame = bench.render(plan);
  for (int i = 0; i < 13 * 7 * 3; ++i) {
    int x = i / 3 % 13, y = i / 39, c = i % 3;
    CHECK(frame.rgb(11 + x, 9 + y, c) == raster.at(x, y)[c]);
  }
}

}  // namespace reeld::kernels
