// Scores as workers hand them over.
#include "engine/score/score.hpp"

#include <catch2/catch.hpp>

namespace reeld::engine {
namespace {

TEST_CASE("scores come back from JSON as they went") {
  const Scores scores{{{0, "sharpness", 12.5}, {std::nullopt, "loudness", -14.25, "libebur128"}},
                      {{"flicker", 1, 5, {0.5, 0.25}}}};
  const auto back = scores_from_json(Json::parse(to_json(scores).dump()));
  REQUIRE(back);
  CHECK(*back == scores);
}

TEST_CASE("the film's score is the mean of the scenes that have one") {
  Scores scores;
  add_by_scene(scores, "none", "m", {std::nullopt, std::nullopt});
  CHECK(scores.scores.empty());
  add_by_scene(scores, "niqe", "m", {3.0, std::nullopt, 4.0});
  CHECK(scores.scores ==
        std::vector<Score>{{0, "niqe", 3.0, "m"}, {2, "niqe", 4.0, "m"}, {std::nullopt, "niqe", 3.5, "m"}});
}

TEST_CASE("what is no scores is refused") {
  for (const char* text :
       {"null", "[]", R"({"scores": [], "series": [{"name": "flicker"}]})",
        R"({"scores": [{"scene": "one", "name": "n", "value": 1, "model": ""}], "series": []})"}) {
    const auto read = scores_from_json(Json::parse(text));
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Code::internal);
  }
}

}  // namespace
}  // namespace reeld::engine
