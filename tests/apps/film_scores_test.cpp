// A real daemon's films have scores, whoever rendered their segments.
#include <catch2/catch.hpp>

#include "tests/apps/recorded_scores.hpp"

namespace reeld::test {
namespace {

namespace fs = std::filesystem;

Json request_of(const std::string& first_picture) {
  const Json fade = {{"kind", "crossfade"}, {"duration", 0.4}};
  return {
      {"reeld", 1},
      {"output", {{"width", 320}, {"height", 180}, {"fps", 25}, {"encoder", "libx264"}, {"device", "cpu"}}},
      {"scenes",
       {{{"picture", {{"file", first_picture}}},
         {"duration", 1.6},
         {"motion", "zoom-in"},
         {"transition", fade}},
        {{"picture", {{"file", "two.jpg"}}},
         {"duration", 2.4},
         {"motion", "pan-right"},
         {"text", {{{"text", "Measured"}, {"size", 20}}}}}}}};
}

struct Stage {
  Stage() {
    write_picture(folder.path() / "one.jpg", 800, 600, 1);
    write_picture(folder.path() / "two.jpg", 1000, 500, 2);
    write_picture(folder.path() / "three.jpg", 800, 600, 3);
  }

  // reeld's own scores of the whole film (scene -1) and of its scenes, by name.
  using Scores = std::map<std::pair<int, std::string>, double>;
  Scores scores_of_film(const Json& request, const std::string& name) {
    const auto submitted =
        daemon.client().submit(request, (folder.path() / name).string(), folder.path().string(), "");
    REQUIRE(submitted);
    const std::string job = submitted->at("job").at("id");
    REQUIRE(daemon.client().follow(job, [](const Json&) { return true; }));
    REQUIRE(daemon.client().call("show", {{"job", job}})->at("job").at("status") == "completed");
    Scores scores;
    for (const storage::Metric& metric : recorded_scores(daemon, job)) {
      if (metric.model == "reeld-1") scores[{metric.scene.value_or(-1), metric.name}] = metric.value;
    }
    return scores;
  }

  TemporaryFolder folder;
  Daemon daemon{folder.path() / "daemon"};
};

}  // namespace

TEST_CASE("a finished film has scores, of the whole and of its scenes", "[film_scores]") {
  Stage stage;
  const auto scores = stage.scores_of_film(request_of("one.jpg"), "film.mp4");
  for (const char* none : {"black_frames", "frozen_frames", "unplanned_cuts", "missed_cuts"}) {
    CAPTURE(none);
    CHECK(scores.at({-1, none}) == 0);
  }
  // 40 and 60 frames that share 10: 30 and 50 alone, with 29 and 49 pairs.
  CHECK(scores.at({-1, "measured_frames"}) == 78);
  CHECK(scores.at({0, "measured_frames"}) == 29);
  CHECK(scores.at({1, "measured_frames"}) == 49);
  CHECK(scores.at({-1, "temporal_consistency"}) > 0.999);
  CHECK(scores.at({-1, "motion_smoothness_planned"}) > 0.95);
  CHECK(scores.at({-1, "motion_smoothness_tracked"}) > 0.9);
  CHECK(scores.at({-1, "motion_error"}) < 0.2);

  SECTION("a film whose segments are taken from it scores the same") {
    CHECK(stage.scores_of_film(request_of("one.jpg"), "again.mp4") == scores);
  }
  SECTION("in a film that takes some of them, a scene of theirs scores the same") {
    const auto other = stage.scores_of_film(request_of("three.jpg"), "other.mp4");
    CHECK(other.at({1, "flicker"}) == scores.at({1, "flicker"}));
    CHECK(other.at({0, "dynamic_range"}) != scores.at({0, "dynamic_range"}));
  }
}

}  // namespace reeld::test
