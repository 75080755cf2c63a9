#include "providers/policy/circuit_breaker.hpp"

#include <catch2/catch.hpp>

namespace reeld::providers {
namespace {

using namespace std::chrono_literals;

const Error kOverloaded{Code::provider_failed, "overloaded", ""};
const Clock::time_point kNow{};

TEST_CASE("four failures are bad luck, five say that the model is away") {
  CircuitBreaker breaker;
  for (int i = 0; i < 4; ++i) breaker.failed(kNow, kOverloaded, false);
  CHECK(breaker.allows(kNow));
  breaker.failed(kNow, kOverloaded, false);
  CHECK_FALSE(breaker.allows(kNow));
  CHECK(breaker.state().unavailable_since == kNow);
  CHECK(breaker.state().last_error == kOverloaded);
}

TEST_CASE("failures count only where they follow one another") {
  CircuitBreaker breaker;
  for (int i = 0; i < 20; ++i) {
    breaker.failed(kNow, kOverloaded, false);
    if (i % 4 == 3) breaker.succeeded(kNow);
  }
  CHECK(breaker.allows(kNow));
}

TEST_CASE("after 30 s one caller finds out for all whether it is back") {
  CircuitBreaker breaker;
  breaker.failed(kNow, kOverloaded, true);
  CHECK_FALSE(breaker.allows(kNow + 29s));
  CHECK(breaker.allows(kNow + 30s));
  CHECK_FALSE(breaker.allows(kNow + 30s));
  SECTION("it is not") {
    breaker.failed(kNow + 31s, kOverloaded, false);
    CHECK_FALSE(breaker.allows(kNow + 60s));
    CHECK(breaker.allows(kNow + 61s));
    CHECK(breaker.state().unavailable_since == kNow);
  }
  SECTION("it is") {
    breaker.succeeded(kNow + 31s);
    CHECK(breaker.allows(kNow + 31s));
    CHECK(breaker.allows(kNow + 31s));
    CHECK_FALSE(breaker.state().unavailable_since);
  }
  SECTION("the caller went away without an answer, so the next one asks") {
    breaker.told_nothing();
    CHECK(breaker.allows(kNow + 31s));
  }
}

}  // namespace
}  // namespace reeld::providers
