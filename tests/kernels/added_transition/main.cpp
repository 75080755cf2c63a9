// Run by added_transition/run over a copy of kernels/ to which one function and one row were added: the new
// transition is there on every device, and the same.
#include <cstdio>

#include "../picture_fixture.hpp"
#include "kernels/transition.hpp"

#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

namespace reeld::kernels {

TEST_CASE("a transition of one function and one row is seen on every device") {
  REQUIRE(transition_rows().back().name == "diagonal");
  Frame first(2, 2, PixelFormat::rgb24);
  int devices = 0;
  for (auto& device : every_device()) {
    Bench bench(std::move(device));
    INFO(device_title(bench.device()));
    Raster black(4, 4), white(4, 4);
    for (int i = 0; i < 16; ++i) {
      black.set(i % 4, i / 4, 0, 0, 0);
      white.set(i % 4, i / 4, 255, 255, 255);
    }
    FramePlan plan = picture_plan(bench.add(black), 96, 64, Rect{0, 0, 4, 4});
    plan.layer_count = 2;
    plan.layers[1] = {bench.add(white), Rect{0, 0, 4, 4}, 0};
    plan.transition.kind = TransitionKind::diagonal;
    plan.transition.progress = 0.5f;
    Frame frame = bench.render(plan);
    CHECK(frame.rgb(0, 0, 0) == 255);
    CHECK(frame.rgb(70, 0, 1) == 255);
    CHECK(frame.rgb(95, 0, 1) == 0);
    CHECK(frame.rgb(30, 45, 2) == 255);
    CHECK(frame.rgb(40, 45, 2) == 0);
    CHECK(frame.rgb(95, 63, 0) == 0);
    if (devices++ == 0) {
      first = frame;
    }
    CHECK(frame == first);
  }
  CHECK(devices >= 1);
}

}  // namespace reeld::kernels
