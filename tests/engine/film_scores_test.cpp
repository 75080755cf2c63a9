// A clean film scores clean, and what is planted in one is found.
#include "film_scores_fixture.hpp"

namespace reeld::engine {
namespace {

constexpr int kWhite = 235, kBlack = 16;  // codes

// Every second frame's codes, as `change` makes them of what they were.
std::vector<EdgeFrame> flickering(std::vector<EdgeFrame> frames,
                                  const std::function<double(double)>& change) {
  for (std::size_t i = 1; i < frames.size(); i += 2) {
    for (std::uint16_t& sum : frames[i].reduced) sum = static_cast<std::uint16_t>(change(sum / 64.0) * 64);
  }
  return frames;
}

void check_faultless(const Scores& scores) {
  for (const char* name : {"black_frames", "frozen_frames", "unplanned_cuts", "missed_cuts"}) {
    CAPTURE(name);
    CHECK(value_of(scores, name) == 0);
  }
}

}  // namespace

TEST_CASE("a slow zoom scores clean, which a measure for still films would not say", "[film_scores]") {
  MeasuredFilm film;
  film.add_zoom(60);
  const Scores scores = film.score(film.frames());
  check_faultless(scores);
  CHECK(value_of(scores, "flicker") < 0.05);
  CHECK(value_of(scores, "temporal_consistency") > 0.9998);
  // Told as the other one is: from 1 for films in which nothing changes.
  const double still_measure = 1 - value_of(scores, "frame_difference") / 255;
  CHECK(1 - value_of(scores, "temporal_consistency") < 0.1 * (1 - still_measure));
  CHECK(value_of(scores, "motion_error") < 0.05);
  CHECK(value_of(scores, "motion_smoothness_planned") > 0.99);
  CHECK(value_of(scores, "motion_smoothness_tracked") > 0.97);
  CHECK(value_of(scores, "measured_frames") == 59);
  CHECK(value_of(scores, "flicker", 0) == value_of(scores, "flicker"));
}

TEST_CASE("a film that stands still is no frozen one", "[film_scores]") {
  MeasuredFilm film;
  film.add_scene(10, {0, 0, 1200, 675}, {0, 0, 1200, 675});
  const Scores scores = film.score(film.frames());
  check_faultless(scores);
  CHECK(value_of(scores, "temporal_consistency") == 1);
  CHECK(value_of(scores, "motion_smoothness_planned") == 1);
  CHECK(value_of(scores, "motion_smoothness_tracked") == 1);
}

TEST_CASE("brightness that flickers by one code, or by 2%, is found and is no motion", "[film_scores]") {
  MeasuredFilm film;
  film.add_zoom(30);
  const auto frames = film.frames();
  const Scores one = film.score(flickering(frames, [](double code) { return code + 1; }));
  CHECK(value_of(one, "flicker") == Approx(255.0 / 219).epsilon(0.03));
  CHECK(value_of(one, "motion_error") < 0.05);
  const Scores gain =
      film.score(flickering(frames, [](double code) { return kBlack + (code - kBlack) * 1.02; }));
  const Scores clean = film.score(frames);
  double luma = 0;
  for (const double value : series_of(clean, "luma").values) luma += value / 30;
  CHECK(value_of(gain, "flicker") == Approx(0.02 * luma).epsilon(0.05));
  CHECK(value_of(gain, "motion_error") < 0.05);
  CHECK(value_of(gain, "motion_smoothness_tracked") > 0.97);
}

TEST_CASE("a frame that is shown twice is frozen, where the plan moves", "[film_scores]") {
  MeasuredFilm film;
  film.add_zoom(30);
  auto frames = film.frames();
  frames[15] = frames[14];
  const Scores scores = film.score(frames);
  CHECK(value_of(scores, "frozen_frames") == 1);
  CHECK(value_of(scores, "frozen_frames", 0) == 1);
  CHECK(value_of(scores, "unplanned_cuts") == 0);
}

TEST_CASE("a black frame is found, and so are the cuts to it and from it", "[film_scores]") {
  MeasuredFilm film;
  film.add_zoom(30);
  auto frames = film.frames();
  std::ranges::fill(frames[12].reduced, static_cast<std::uint16_t>(64 * kBlack));
  const Scores scores = film.score(frames);
  CHECK(value_of(scores, "black_frames") == 1);
  CHECK(value_of(scores, "unplanned_cuts") == 2);
  std::ranges::fill(frames[12].reduced, static_cast<std::uint16_t>(64 * kWhite));
  CHECK(value_of(film.score(frames), "black_frames") == 0);
}

TEST_CASE("a jump of one pixel is measured as one pixel", "[film_scores]") {
  MeasuredFilm film;
  film.add_zoom(30);
  auto frames = film.frames();
  for (std::int64_t n = 15; n < 30; ++n) {
    frames[static_cast<std::size_t>(n)] = film.render(n, [](kernels::FramePlan& shown) {
      shown.layers[0].source.x += shown.layers[0].source.w / shown.width;
    });
  }
  const Scores scores = film.score(frames);
  const auto& errors = series_of(scores, "motion_error").values;
  for (std::size_t i = 1; i < 30; ++i) {
    CAPTURE(i);
    CHECK(errors[i] == Approx(i == 15 ? 1 : 0).margin(0.06));
  }
  CHECK(value_of(scores, "motion_smoothness_tracked") < 0.85);
}

TEST_CASE("a slow zoom in steps of whole pixels is told from the true one", "[film_scores]") {
  MeasuredFilm film;
  film.add_zoom(60);
  const Scores smooth = film.score(film.frames());
  std::vector<EdgeFrame> frames;
  for (std::int64_t n = 0; n < 60; ++n) {
    frames.push_back(film.render(n, [](kernels::FramePlan& shown) {
      kernels::Rect& source = shown.layers[0].source;
      const double pixel = source.w / shown.width;
      source.x = std::round(source.x / pixel) * pixel;
      source.y = std::round(source.y / pixel) * pixel;
    }));
  }
  const Scores jittery = film.score(frames);
  CHECK(value_of(jittery, "motion_smoothness_planned") == value_of(smooth, "motion_smoothness_planned"));
  CHECK(value_of(jittery, "motion_smoothness_tracked") < 0.75);
  CHECK(value_of(smooth, "motion_smoothness_tracked") > 0.97);
  // Each of both positions is off by up to half a pixel, across and down.
  CHECK(value_of(jittery, "motion_error") == Approx(0.55).margin(0.2));
  CHECK(value_of(jittery, "motion_error") > 10 * value_of(smooth, "motion_error"));
}

TEST_CASE("a pan of 20 pixels a frame is followed", "[film_scores]") {
  MeasuredFilm film;
  film.add_scene(25, {10, 100, 640, 360}, {10 + 20 * 24, 100, 640, 360});
  const auto frames = film.frames();
  const Scores scores = film.score(frames);
  check_faultless(scores);
  CHECK(value_of(scores, "motion_error") < 0.2);
  CHECK(value_of(scores, "flicker") < 0.02 * value_of(scores, "frame_difference"));
  CHECK(value_of(film.score(flickering(frames, [](double code) { return code + 1; })), "flicker") > 1);
}

TEST_CASE("cuts are where the plan has them", "[film_scores]") {
  MeasuredFilm film;
  film.add_zoom(20, 0);
  film.add_zoom(20, 1);
  const auto frames = film.frames();
  SECTION("as planned") {
    const Scores scores = film.score(frames);
    check_faultless(scores);
    CHECK(value_of(scores, "measured_frames") == 38);
    CHECK(series_of(scores, "measured").values[20] == 0);
    CHECK(series_of(scores, "frame_difference").values[20] > 10);
  }
  SECTION("a cut that nobody planned") {
    auto cut = frames;
    for (std::size_t i = 10; i < 20; ++i) cut[i] = frames[39 - i];
    const Scores scores = film.score(cut);
    CHECK(value_of(scores, "unplanned_cuts") == 1);
    CHECK(value_of(scores, "unplanned_cuts", 0) == 1);
    // Then the planned one leads to the picture that is there already.
    CHECK(value_of(scores, "missed_cuts") == 1);
  }
  SECTION("between scenes of the same picture there is none to see") {
    film.plan.scenes[1].picture = 0;
    film.plan.scenes[1].motion = {film.plan.scenes[0].motion.to, film.plan.scenes[0].motion.to,
                                  Easing::linear, 0};
    CHECK(value_of(film.score(film.frames()), "missed_cuts") == 0);
  }
}

TEST_CASE("transitions are left out, and what is measured says so", "[film_scores]") {
  MeasuredFilm film;
  film.add_zoom(20, 0).transition = {
      kernels::TransitionKind::crossfade, kernels::Direction::left, 8, 0, {}, Easing::linear};
  film.add_zoom(20, 1);
  REQUIRE(film.plan.frame_count == 32);
  const Scores scores = film.score(film.frames());
  check_faultless(scores);
  // Of 31 pairs: the transition's eight frames are in nine of them.
  CHECK(value_of(scores, "measured_frames") == 22);
  CHECK(value_of(scores, "measured_frames", 0) == 11);
  CHECK(value_of(scores, "measured_frames", 1) == 11);
  CHECK(value_of(scores, "flicker") < 0.05);
  CHECK(value_of(scores, "motion_smoothness_tracked") > 0.97);
}

TEST_CASE("texts, which stand while the picture moves, are not measured", "[film_scores]") {
  MeasuredFilm film;
  film.add_zoom(20);
  auto frames = film.frames();
  // A caption that fades in over the lower middle, in blocks 20 to 60 of 80 and 35 to 42 of 45.
  for (std::size_t i = 0; i < frames.size(); ++i) {
    for (std::size_t y = 35; y < 42; ++y) {
      for (std::size_t x = 20; x < 60; ++x) {
        const double share = static_cast<double>(i) / 20 * (x % 3 == 0 ? 1 : 0);
        std::uint16_t& sum = frames[i].reduced[y * 80 + x];
        sum = static_cast<std::uint16_t>(sum * (1 - share) + 64 * kWhite * share);
      }
    }
  }
  const Scores seen = film.score(frames);
  for (EdgeFrame& frame : frames) frame.texts = {{160, 280, 320, 56}};
  const Scores masked = film.score(frames);
  CHECK(value_of(masked, "flicker") < 0.05);
  CHECK(value_of(masked, "motion_error") < 0.05);
  CHECK(value_of(seen, "flicker") > 5 * value_of(masked, "flicker"));
}

TEST_CASE("where a fitted picture leaves the frame's background free, only the picture is measured",
          "[film_scores]") {
  MeasuredFilm film;
  // The picture fills the middle half of the frame and moves across by a pixel a frame.
  film.add_scene(20, {-600, -300, 2400, 1350}, {-600 + 19 * 3.75, -300, 2400, 1350});
  const Scores scores = film.score(film.frames());
  check_faultless(scores);
  CHECK(value_of(scores, "motion_error") < 0.1);
  CHECK(value_of(scores, "flicker") < 0.1);
}

TEST_CASE("a picture without detail has no motion to be followed", "[film_scores]") {
  MeasuredFilm film;
  film.add_zoom(10);
  auto frames = film.frames();
  for (EdgeFrame& frame : frames) std::ranges::fill(frame.reduced, static_cast<std::uint16_t>(64 * 100));
  const Scores scores = film.score(frames);
  check_faultless(scores);
  CHECK(value_of(scores, "temporal_consistency") == Approx(1));
  CHECK(value_of(scores, "dynamic_range") == 0);
  CHECK_FALSE(find_score(scores, "motion_error"));
  CHECK_FALSE(find_score(scores, "motion_smoothness_tracked"));
  CHECK(find_score(scores, "motion_smoothness_planned"));
}

TEST_CASE("the range is that of the luma between its 5th and its 95th hundredth", "[film_scores]") {
  MeasuredFilm film;
  film.add_zoom(2);
  auto frames = film.frames();
  for (EdgeFrame& frame : frames) {
    // A tenth black, the rest white: of the blocks' 5% below and above, one is black and one is white.
    for (std::size_t i = 0; i < frame.reduced.size(); ++i) {
      frame.reduced[i] = static_cast<std::uint16_t>(64 * (i % 10 == 0 ? kBlack : kWhite));
    }
  }
  const Scores scores = film.score(frames);
  CHECK(value_of(scores, "dynamic_range") == Approx(1).margin(0.01));
  CHECK(series_of(scores, "luma").values[0] == Approx(0.9 * 255).margin(0.01));
}

TEST_CASE("a film of a frame, and one too small to compare, have the scores that they can have",
          "[film_scores]") {
  MeasuredFilm film;
  film.add_zoom(1);
  const Scores one = film.score(film.frames());
  CHECK(value_of(one, "black_frames") == 0);
  CHECK(value_of(one, "measured_frames") == 0);
  CHECK_FALSE(find_score(one, "temporal_consistency"));
  MeasuredFilm small;
  small.plan.output.width = 64;
  small.plan.output.height = 36;
  small.add_zoom(3);
  const Scores scores = small.score(small.frames());
  CHECK(value_of(scores, "measured_frames") == 0);
  CHECK(series_of(scores, "flicker").values == std::vector<double>(3, 0.0));
}

TEST_CASE("a long film's series have no more than 1200 values", "[film_scores]") {
  MeasuredFilm film;
  film.add_zoom(3001);
  FilmScorer scorer(film.plan);
  scorer.add(3001, std::nullopt);
  const Series& luma = series_of(scorer.finish(), "luma");
  CHECK(luma.frames_each == 3);
  CHECK(luma.values.size() == 1001);
}

}  // namespace reeld::engine
