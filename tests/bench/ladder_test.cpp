// Photographs made worse step by step: the score meant for the harm follows, on each of them.
#include "bench/reelbench/ladder.hpp"

#include <catch2/catch.hpp>

#include "base/temporary_folder.hpp"

namespace reeld::bench {

TEST_CASE("rank correlation is Spearman's") {
  CHECK(rank_correlation({1, 2, 3, 4}, {2, 4, 8, 16}) == Approx(1));
  CHECK(rank_correlation({1, 2, 3, 4}, {9, 7, 5, 1}) == Approx(-1));
  // One pair exchanged: 1 - 6 x 2 / (5 x 24).
  CHECK(rank_correlation({1, 2, 3, 4, 5}, {1, 2, 4, 3, 5}) == Approx(0.9));
  CHECK(rank_correlation({1, 2, 3}, {5, 5, 5}) == 0);
  // Ties have the mean of their ranks: 0, 1.5, 1.5, 3 against 0, 1, 2, 3.
  CHECK(rank_correlation({1, 2, 2, 3}, {1, 2, 3, 4}) == Approx(4.5 / std::sqrt(4.5 * 5)));
}

TEST_CASE("a folder without photographs is refused by its name") {
  const TemporaryFolder folder;
  LadderBench bench;
  bench.pictures = folder.path().string();
  const auto refused = run_ladder_bench(bench);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::file_missing);
  CHECK(refused.error().path == bench.pictures);
}

TEST_CASE("scores follow photographs down every ladder") {
  const auto report = run_ladder_bench({});
  REQUIRE(report);
  for (const Json& ladder : report->at("ladders")) {
    CHECK(ladder.at("pictures").size() >= 10);
    for (const Json& picture : ladder.at("pictures")) {
      CAPTURE(ladder.at("name").get<std::string>(), picture.at("name").get<std::string>(), picture.dump());
      CHECK(picture.at("correlation").get<double>() >= 0.95);
      const auto qualities = picture.at("qualities").get<std::vector<double>>();
      CHECK(qualities.back() < qualities.front());
      if (ladder.at("quality_falls").get<bool>()) {
        CHECK(picture.at("quality_correlation").get<double>() >= 0.95);
      }
    }
  }
  const std::string plot = ladder_plot(*report);
  CHECK(plot.find("</svg>") != std::string::npos);
  CHECK(plot.size() < 200'000);
}

}  // namespace reeld::bench
