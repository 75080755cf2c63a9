#include "bench/reelbench/frame_bytes.hpp"

#include <catch2/catch.hpp>
#include <vector>

namespace reeld::bench {
namespace {

using kernels::PixelFormat;

TEST_CASE("a frame's output is its planes") {
  // 4x2 pixels of luma, and half as many of chroma: 8 + 4.
  CHECK(output_bytes(PixelFormat::nv12, 4, 2) == 12);
  CHECK(output_bytes(PixelFormat::yuv420p, 4, 2) == 12);
  CHECK(output_bytes(PixelFormat::p010, 4, 2) == 24);
  CHECK(output_bytes(PixelFormat::rgb24, 4, 2) == 24);
}

TEST_CASE("a layer touches the pixels of its level under its rectangle") {
  const PictureSize picture{100, 80};
  // 40 x 20 pixels of 3 channels of 2 bytes.
  CHECK(layer_bytes({1, {10, 10, 40, 20}, 0}, picture) == 40 * 20 * 6);
  // At level 1 a quarter of them.
  CHECK(layer_bytes({1, {10, 10, 40, 20}, 1}, picture) == 30 * 15 * 6);
  CHECK(layer_bytes({1, {10, 10, 40, 20}, 2}, picture) == 20 * 10 * 6);
  CHECK(layer_bytes({1, {10, 10, 40, 20}, 0}, {100, 80, false}) == 40 * 20 * 8);
}

TEST_CASE("what lies beyond the picture is not touched") {
  // Of x 80..120 the picture has 80..100, of y -10..10 it has 0..10.
  CHECK(layer_bytes({1, {80, -10, 40, 20}, 0}, {100, 80}) == 20 * 10 * 6);
  CHECK(layer_bytes({1, {200, 0, 40, 20}, 0}, {100, 80}) == 0);
}

TEST_CASE("of an overlay the part inside the frame counts") {
  const kernels::Overlay overlay{1, -2, 6};
  // 8x4 at (-2, 6) in a frame of 20x8: x 0..6, y 6..8.
  CHECK(overlay_bytes(overlay, {8, 4, false}, 20, 8) == 6 * 2 * 8);
}

TEST_CASE("a frame moves its layers, its overlays and its output") {
  kernels::FramePlan plan;
  plan.width = 16, plan.height = 8;
  plan.format = PixelFormat::nv12;
  const std::int64_t output = 16 * 8 + 16 * 4;
  CHECK(frame_bytes(plan, {}, {}) == output);

  plan.layer_count = 2;
  plan.layers = {kernels::Layer{1, {0, 0, 32, 16}, 0}, kernels::Layer{2, {0, 0, 32, 16}, 2}};
  plan.overlay_count = 1;
  plan.overlays[0] = {3, 4, 2};
  const std::vector<PictureSize> layers = {{64, 64}, {64, 64}}, overlays = {{4, 4, false}};
  CHECK(frame_bytes(plan, layers, overlays) == output + 32 * 16 * 6 + 16 * 8 * 6 + 4 * 4 * 8);
}

TEST_CASE("an upload reads the picture and writes the levels that are kept") {
  const kernels::PictureView picture{nullptr, 5, 3};
  // Levels of 5x3: 15 pixels, 4x3: 12, 3x2: 6, 3x2: 6, 2x1: 2, 2x1: 2, 1x1: 1.
  CHECK(upload_bytes(picture, true, {}) == 15 * 4 + (15 + 12 + 6 + 6 + 2 + 2 + 1) * 6);
  CHECK(upload_bytes(picture, false, {1, 2}) == 15 * 4 + (12 + 6) * 8);
  // A level beyond the last means the last.
  CHECK(upload_bytes(picture, true, {9, 9}) == 15 * 4 + 1 * 6);
}

}  // namespace
}  // namespace reeld::bench
