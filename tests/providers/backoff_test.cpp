#include "providers/policy/backoff.hpp"

#include <catch2/catch.hpp>

namespace reeld::providers {
namespace {

using namespace std::chrono_literals;

TEST_CASE(
    "the ceiling of a back-off doubles with every failure, up to a minute, and the draw is from nothing to "
    "it") {
  CHECK(backoff(1000ms, 0, 1.0, {}) == 1000ms);
  CHECK(backoff(1000ms, 3, 1.0, {}) == 8000ms);
  CHECK(backoff(1000ms, 3, 0.25, {}) == 2000ms);
  CHECK(backoff(1000ms, 3, 0.0, {}) == 0ms);
  CHECK(backoff(10000ms, 10, 1.0, {}) == 60000ms);
}

TEST_CASE("a service that names a time is not asked before it") {
  CHECK(backoff(1000ms, 0, 0.5, 7000ms) == 7000ms);
  CHECK(backoff(1000ms, 4, 1.0, 7000ms) == 16000ms);
}

}  // namespace
}  // namespace reeld::providers
