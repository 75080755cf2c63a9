#include "providers/policy/rate_limit.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

namespace reeld::providers {
namespace {

using namespace std::chrono_literals;

TEST_CASE("without a limit everything starts at once") {
  RateLimit limit(0);
  const Clock::time_point now{};
  for (int i = 0; i < 1000; ++i) CHECK(limit.reserve(now) == now);
}

TEST_CASE("the one over the limit starts a minute after the first") {
  RateLimit limit(3);
  const Clock::time_point now{};
  for (int i = 0; i < 3; ++i) CHECK(limit.reserve(now) == now);
  CHECK(limit.reserve(now + 1s) == now + 60s);
  CHECK(limit.reserve(now + 90s) == now + 90s);
}

TEST_CASE("half a request a minute is one in two minutes") {
  RateLimit limit(0.5);
  const Clock::time_point now{};
  CHECK(limit.reserve(now) == now);
  CHECK(limit.reserve(now + 1s) == now + 120s);
}

TEST_CASE("a place that was not used serves the next") {
  RateLimit limit(1);
  const Clock::time_point now{};
  limit.give_back(limit.reserve(now));
  CHECK(limit.reserve(now) == now);
}

TEST_CASE("nothing starts before the service said that it will answer") {
  RateLimit limit(0);
  const Clock::time_point now{};
  limit.pause_until(now + 47s);
  CHECK(limit.reserve(now) == now + 47s);
  CHECK(limit.reserve(now + 50s) == now + 50s);
}

TEST_CASE("whenever requests come, no span of a minute sees more of them than the limit") {
  for (unsigned seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const int per_minute = 1 + static_cast<int>(random() % 20);
    RateLimit limit(per_minute);
    std::vector<Clock::time_point> starts;
    Clock::time_point now{};
    for (int i = 0; i < 200; ++i) {
      now += std::chrono::milliseconds(random() % 4000);
      starts.push_back(limit.reserve(now));
      CHECK(starts.back() >= now);
    }
    std::ranges::sort(starts);
    for (std::size_t i = per_minute; i < starts.size(); ++i) CHECK(starts[i] - starts[i - per_minute] >= 60s);
  }
}

}  // namespace
}  // namespace reeld::providers
