// Whether scores reach a bar, which picture is the best, and with which seed the next one is asked for.
#include "engine/score/gate.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "engine/score/catalog.hpp"
#include "engine/score/picture_scoring.hpp"

namespace reeld::engine {
namespace {

const std::vector<Bar> kSharpAndClean = {{"image_quality", true, 60}, {"noise", false, 4}};

TEST_CASE("what was not measured is not reached, and a bar itself is", "[gate]") {
  const auto nothing = missed_of(kSharpAndClean, {});
  REQUIRE(nothing.size() == 2);
  CHECK_FALSE(nothing[0].value);
  CHECK(missed_text(nothing) ==
        "image_quality was not measured, asked for at least 60; noise was not measured, asked for at most 4");
  CHECK(missed_of(kSharpAndClean, {{"image_quality", 60}, {"noise", 4}}).empty());
  CHECK(missed_of({}, {}).empty());
  const auto noisy = missed_of(kSharpAndClean, {{"image_quality", 80}, {"noise", 7.25}});
  REQUIRE(noisy.size() == 1);
  CHECK(missed_text(noisy) == "noise is 7.25, asked for at most 4");
}

TEST_CASE("the best reaches most conditions, then has the greatest image_quality, then came first",
          "[gate]") {
  using Tries = std::vector<Figures>;
  CHECK(best_of(kSharpAndClean, Tries{{}}) == 0);
  CHECK(best_of(kSharpAndClean,
                Tries{{{"image_quality", 90}, {"noise", 9}}, {{"image_quality", 61}, {"noise", 1}}}) == 1);
  CHECK(best_of(kSharpAndClean, Tries{{{"image_quality", 30}, {"noise", 9}},
                                      {{"image_quality", 50}, {"noise", 9}},
                                      {{"image_quality", 40}, {"noise", 9}}}) == 1);
  CHECK(best_of(kSharpAndClean,
                Tries{{{"image_quality", 30}, {"noise", 9}}, {{"image_quality", 30}, {"noise", 5}}}) == 0);
  CHECK(best_of({{"noise", false, 4}}, Tries{{{"noise", 9}}, {{"noise", 3}}}) == 1);
}

TEST_CASE("the next seeds follow the picture's own, else they are the job's and the scene's", "[gate]") {
  CHECK(seed_of_try(7, "job", 0, 2) == 8);
  CHECK(seed_of_try(7, "job", 0, 3) == 9);
  constexpr std::uint64_t kSmall = std::uint64_t{1} << 31, kLarge = std::uint64_t{1} << 53;
  CHECK(seed_of_try(kSmall - 1, "job", 0, 2) == 0);  // providers that take no larger one go on as well
  CHECK(seed_of_try(kSmall, "job", 0, 2) == kSmall + 1);
  CHECK(seed_of_try(kLarge - 1, "job", 0, 2) == 0);
  std::set<std::uint64_t> seeds;
  for (const char* job : {"one", "two"}) {
    for (int scene = 0; scene < 3; ++scene) {
      for (int number = 2; number <= 10; ++number) {
        const std::uint64_t seed = seed_of_try(std::nullopt, job, scene, number);
        CHECK(seed < kSmall);
        CHECK(seed == seed_of_try(std::nullopt, job, scene, number));
        seeds.insert(seed);
      }
    }
  }
  CHECK(seeds.size() == 2 * 3 * 9);
}

TEST_CASE("what a provider says, or a budget, ends the tries; what breaks the daemon does not", "[gate]") {
  for (const Code code : {Code::budget_exceeded, Code::rate_limited, Code::provider_refused}) {
    CHECK(ends_tries(code));
  }
  for (const Code code : {Code::cancelled, Code::database_failed, Code::disk_full, Code::worker_died}) {
    CHECK_FALSE(ends_tries(code));
  }
}

TEST_CASE("pictures are alike by the equal bits of their hashes; the same picture is no duplicate of itself",
          "[gate]") {
  const std::string a = "0000000000000000", b = "000000000000000f", c = "ffffffffffffffff";
  CHECK(near_duplicates({}, {}).empty());
  CHECK_FALSE(near_duplicates({a}, {"x"})[0]);
  CHECK_FALSE(near_duplicates({a, a}, {"x", "x"})[1]);
  const auto alike = near_duplicates({a, b, c, ""}, {"x", "y", "z", "w"});
  CHECK(alike[0] == 1 - 4.0 / 64);
  CHECK(alike[1] == 1 - 4.0 / 64);
  CHECK(alike[2] == 4.0 / 64);
  CHECK_FALSE(alike[3]);
}

TEST_CASE("every metric has one name, a range, and a way in which it is good", "[gate]") {
  std::set<std::string_view> names;
  for (const MetricKind& kind : metric_kinds()) {
    INFO(kind.name);
    CHECK(names.insert(kind.name).second);
    CHECK((kind.better == "higher" || kind.better == "lower" || kind.better.empty()));
    if (kind.most) CHECK(kind.least < *kind.most);
    CHECK(find_metric(kind.name) == &kind);
  }
  CHECK(find_metric("beauty") == nullptr);
  CHECK(metric_names(true).size() + metric_names(false).size() == metric_kinds().size());
}

}  // namespace
}  // namespace reeld::engine
