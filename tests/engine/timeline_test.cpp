// From (plan, n) to a frame: exact ends, smooth between, the right scenes, texts and transitions.
#include "engine/timeline.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "engine/motion.hpp"

using namespace reeld;
using namespace reeld::engine;

namespace {

// Two scenes of 100 and 80 frames that share 20.
struct Film {
  Plan plan;
  Uploaded uploaded{{10, 11}, {{}, {}}};

  Film() {
    plan.frame_count = 160;
    plan.scenes.resize(2);
    PlanScene& a = plan.scenes[0];
    a.frame_count = 100;
    a.motion = {{0, 0, 1920, 1080}, {300, 200, 960, 540}, Easing::linear, 0};
    a.transition = {
        kernels::TransitionKind::wipe, kernels::Direction::up, 20, 0.1F, {255, 0, 188, 255}, Easing::linear};
    a.background = {255, 0, 0, 255};
    PlanScene& b = plan.scenes[1];
    b.first_frame = 80;
    b.frame_count = 80;
    b.picture = 1;
    b.motion = {{10, 20, 800, 450}, {110, 20, 800, 450}, Easing::ease_in_out, 1};
  }

  kernels::FramePlan at(std::int64_t frame) const { return frame_plan(plan, frame, uploaded); }
};

double second_difference(double a, double b, double c) {
  return a - 2 * b + c;
}

}  // namespace

TEST_CASE("visible scenes at every boundary", "[timeline]") {
  const Film film;
  const auto shows = [&](std::int64_t frame) {
    const VisibleScenes visible = visible_scenes(film.plan, frame);
    return std::pair{visible.first, visible.count};
  };
  CHECK(shows(0) == std::pair{0, 1});
  CHECK(shows(79) == std::pair{0, 1});
  CHECK(shows(80) == std::pair{0, 2});
  CHECK(shows(99) == std::pair{0, 2});
  CHECK(shows(100) == std::pair{1, 1});
  CHECK(shows(159) == std::pair{1, 1});
}

TEST_CASE("what some frames show is every picture of their scenes", "[timeline]") {
  Film film;
  const auto shows = [&](std::int64_t first, std::int64_t count) {
    return visible_pictures(film.plan, first, count);
  };
  CHECK(shows(0, 80) == std::set<std::size_t>{0});
  CHECK(shows(0, 81) == std::set<std::size_t>{0, 1});
  CHECK(shows(99, 1) == std::set<std::size_t>{0, 1});
  CHECK(shows(100, 60) == std::set<std::size_t>{1});
  film.plan.scenes[1].picture = 0;
  CHECK(shows(0, 160) == std::set<std::size_t>{0});
}

TEST_CASE("a motion's ends are exact", "[timeline]") {
  const Film film;
  CHECK(film.at(0).layers[0].source == film.plan.scenes[0].motion.from);
  CHECK(film.at(99).layers[0].source == film.plan.scenes[0].motion.to);
  CHECK(film.at(80).layers[1].source == film.plan.scenes[1].motion.from);
  CHECK(film.at(159).layers[0].source == film.plan.scenes[1].motion.to);
  CHECK(film.at(159).layers[0].level == 1);
  CHECK(film.at(159).layers[0].picture == 11);
}

TEST_CASE("a zoom magnifies by the same factor each frame, towards one point", "[timeline]") {
  const Film film;
  const double factor = std::pow(0.5, 1.0 / 99);
  for (std::int64_t n = 0; n < 99; ++n) {
    const auto a = film.at(n).layers[0].source;
    const auto b = film.at(n + 1).layers[0].source;
    REQUIRE(b.w / a.w == Approx(factor).epsilon(1e-12));
    REQUIRE(b.h / b.w == Approx(1080.0 / 1920).epsilon(1e-12));
    // The point that stands still, (x0 w1 - x1 w0) / (w1 - w0) = 600, is the same throughout.
    REQUIRE((a.x * b.w - b.x * a.w) / (b.w - a.w) == Approx(600).epsilon(1e-9));
  }
}

TEST_CASE("motion is smooth", "[timeline]") {
  const Film film;
  // x'' of the zoom is at most 600 L^2 / 99^2 = 0.03 px with L = ln 2, and changes by a factor e^(L/99) a
  // frame.
  double before = 0;
  for (std::int64_t n = 1; n < 99; ++n) {
    const auto a = film.at(n - 1).layers[0].source, b = film.at(n).layers[0].source,
               c = film.at(n + 1).layers[0].source;
    const double x = second_difference(a.x, b.x, c.x);
    REQUIRE(std::abs(x) < 0.031);
    REQUIRE(std::abs(second_difference(a.w, b.w, c.w)) < 0.095);
    if (n > 1) REQUIRE(std::abs(x - before) < 0.0003);
    before = x;
  }
}

TEST_CASE("nearly equal widths pan evenly", "[timeline]") {
  const PlanMotion motion{{0, 0, 1000, 500}, {100, 0, 1000 * (1 + 1e-11), 500}, Easing::linear, 0};
  CHECK(rect_at(motion, 0.25).x == Approx(25).epsilon(1e-9));
  const PlanMotion still{{0, 0, 1000, 500}, {100, 0, 1000, 500}, Easing::linear, 0};
  CHECK(rect_at(still, 0.25).x == 25);
}

TEST_CASE("transitions run through the middles of their frames", "[timeline]") {
  const Film film;
  CHECK(film.at(79).layer_count == 1);
  const auto first = film.at(80), last = film.at(99);
  CHECK(first.layer_count == 2);
  CHECK(first.transition.progress == Approx(0.5 / 20));
  CHECK(last.transition.progress == Approx(19.5 / 20));
  CHECK(first.transition.kind == kernels::TransitionKind::wipe);
  CHECK(first.transition.direction == kernels::Direction::up);
  // sRGB 188 is half of the light: ((188/255 + 0.055) / 1.055)^2.4 = 0.5029.
  CHECK(first.transition.colour.r == 1);
  CHECK(first.transition.colour.b == Approx(0.5029).margin(1e-4));
  CHECK(first.background.r == 1);
  CHECK(film.at(100).background.r == 0);
}

TEST_CASE("texts come, fade and go with their scene", "[timeline]") {
  Film film;
  PlanText text;
  text.first_frame = 70;
  text.frame_count = 20;
  text.fade_in_frames = 4;
  text.fade_out_frames = 10;
  film.plan.scenes[0].texts = {text};
  text.first_frame = 80;
  text.fade_in_frames = text.fade_out_frames = 0;
  film.plan.scenes[1].texts = {text};
  film.uploaded.texts = {{{20, 1.5, 2.5}}, {{21, 3, 4}}};
  CHECK(film.at(69).overlay_count == 0);
  REQUIRE(film.at(70).overlay_count == 1);
  CHECK(film.at(70).overlays[0].opacity == Approx(0.5 / 4));
  CHECK(film.at(70).overlays[0].x == 1.5);
  CHECK(film.at(74).overlays[0].opacity == 1);
  CHECK(film.at(79).overlays[0].opacity == 1);
  const auto both = film.at(89);
  REQUIRE(both.overlay_count == 2);
  CHECK(both.overlays[0].opacity == Approx(0.5 / 10));
  CHECK(both.overlays[0].layer == 0);
  CHECK(both.overlays[1].layer == 1);
  CHECK(both.overlays[1].picture == 21);
  CHECK(both.overlays[1].opacity == 1);
  CHECK(film.at(90).overlay_count == 1);
}

TEST_CASE("a frame depends on nothing but the plan and its number", "[timeline]") {
  const Film film;
  const auto once = film.at(90);
  for (std::int64_t n = film.plan.frame_count - 1; n >= 0; --n) (void)film.at(n);
  const auto again = film.at(90);
  CHECK(once.layers[0].source == again.layers[0].source);
  CHECK(once.layers[1].source == again.layers[1].source);
  CHECK(once.transition.progress == again.transition.progress);
}

TEST_CASE("easings begin at 0, end at 1 and never turn back", "[timeline]") {
  for (const Easing easing : {Easing::linear, Easing::ease_in, Easing::ease_out, Easing::ease_in_out}) {
    CHECK(ease(easing, 0) == 0);
    CHECK(ease(easing, 1) == 1);
    for (int i = 0; i < 100; ++i) CHECK(ease(easing, i / 100.0) <= ease(easing, (i + 1) / 100.0));
  }
}
