#include <catch2/catch.hpp>

#include <future>

#include "engine/background.hpp"

namespace reeld::engine {
namespace {

TEST_CASE("more background work than may wait is refused, and what waits is done in its turn") {
  std::promise<void> begun, go_on, last_done;
  Background background(1, 1);
  REQUIRE(background.run([&](const auto&) {
    begun.set_value();
    go_on.get_future().wait();
  }));
  begun.get_future().wait();
  REQUIRE(background.run([&](const auto&) { last_done.set_value(); }));
  const auto refused = background.run([](const auto&) {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::busy);
  go_on.set_value();
  last_done.get_future().wait();
}

TEST_CASE("background work is told to stop at the end, and what waits is dropped") {
  std::promise<void> begun;
  bool ended = false, dropped = true;
  {
    Background background(1, 1);
    REQUIRE(background.run([&](const std::atomic<bool>& stop) {
      begun.set_value();
      while (!stop) std::this_thread::yield();
      ended = true;
    }));
    begun.get_future().wait();
    REQUIRE(background.run([&](const auto&) { dropped = false; }));
  }
  CHECK(ended);
  CHECK(dropped);
}

}  // namespace
}  // namespace reeld::engine
