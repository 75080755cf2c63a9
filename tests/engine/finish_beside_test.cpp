#include "engine/finish_beside.hpp"

#include <atomic>
#include <catch2/catch.hpp>

namespace reeld::engine {

TEST_CASE("an end that failed is told by the next start, which starts nothing", "[finish_beside]") {
  FinishBeside finishing;
  REQUIRE(finishing.start([]() -> Result<void> { return Error{Code::disk_full, "full", ""}; }));
  std::atomic<bool> started = false;
  const auto next = finishing.start([&]() -> Result<void> {
    started = true;
    return {};
  });
  REQUIRE_FALSE(next);
  CHECK(next.error().code == Code::disk_full);
  CHECK(finishing.wait());
  CHECK_FALSE(started);
}

TEST_CASE("ends come one after the other, and the last is waited for", "[finish_beside]") {
  std::atomic<int> under_way = 0, most = 0, ended = 0;
  {
    FinishBeside finishing;
    for (int i = 0; i < 20; ++i) {
      REQUIRE(finishing.start([&]() -> Result<void> {
        const int now = ++under_way;
        if (now > most) most = now;
        --under_way;
        ++ended;
        return {};
      }));
    }
    REQUIRE(finishing.wait());
    CHECK(ended == 20);
    REQUIRE(finishing.start([&]() -> Result<void> {
      ++ended;
      return {};
    }));
  }
  CHECK(ended == 21);
  CHECK(most == 1);
}

}  // namespace reeld::engine
