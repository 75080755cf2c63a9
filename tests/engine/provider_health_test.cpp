#include "engine/provider_health.hpp"

#include <catch2/catch.hpp>

#include "base/temporary_folder.hpp"

namespace reeld::engine {
namespace {

using storage::AlertKind;
using storage::ProviderCall;
using storage::ProviderStatus;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kNow = 1'000'000 * kSecond;

ProviderCall call(std::int64_t seconds_ago, double seconds = 1) {
  ProviderCall made;
  made.provider = "gemini";
  made.model = made.model_asked = "first";
  made.capability = "picture";
  made.started_us = kNow - seconds_ago * kSecond;
  made.seconds = seconds;
  return made;
}

ProviderCall failed(std::int64_t seconds_ago) {
  ProviderCall made = call(seconds_ago);
  made.error = Error{Code::provider_failed, "overloaded"};
  return made;
}

ProviderCall by_fallback(std::int64_t seconds_ago) {
  ProviderCall made = call(seconds_ago);
  made.model = "second";
  made.fallback = true;
  return made;
}

std::vector<AlertKind> kinds(const std::vector<ProviderCall>& calls,
                             const std::vector<ProviderStatus>& statuses = {}) {
  std::vector<AlertKind> found;
  for (const auto& alert : alerts_now(calls, statuses, kNow)) found.push_back(alert.kind);
  return found;
}

std::vector<ProviderCall> many(int count, const ProviderCall& one) {
  return std::vector<ProviderCall>(static_cast<std::size_t>(count), one);
}

TEST_CASE("a model is unavailable for longer than five minutes before anybody is woken", "[health]") {
  ProviderStatus status;
  status.provider = "gemini";
  status.model = "first";
  status.available = false;
  status.unavailable_since_us = kNow - 300 * kSecond;
  CHECK(kinds({}, {status}).empty());
  status.unavailable_since_us = kNow - 301 * kSecond;
  CHECK(kinds({}, {status}) == std::vector{AlertKind::unavailable});
}

TEST_CASE("one error in twenty requests is borne, two are not, and older ones are forgotten", "[health]") {
  auto calls = many(19, call(60));
  calls.push_back(failed(60));
  CHECK(kinds(calls).empty());
  calls.push_back(failed(60));
  CHECK(kinds(calls) == std::vector{AlertKind::error_rate});
  auto old = many(19, call(60));
  for (int i = 0; i < 5; ++i) old.push_back(failed(601));
  CHECK(kinds(old).empty());
}

TEST_CASE("one fallback in ten answers is borne, two are not", "[health]") {
  auto calls = many(9, call(3000));
  calls.push_back(by_fallback(3000));
  CHECK(kinds(calls).empty());
  calls.push_back(by_fallback(3000));
  CHECK(kinds(calls) == std::vector{AlertKind::fallback_rate});
  const auto alerts = alerts_now(calls, {}, kNow);
  CHECK(alerts[0].model == "first");
  CHECK(alerts[0].value == Approx(2.0 / 11));
}

TEST_CASE("a request that took more than 30 s is told", "[health]") {
  CHECK(kinds({call(60, 30)}).empty());
  CHECK(kinds({call(60, 30.5)}) == std::vector{AlertKind::slow_response});
}

TEST_CASE("an alert is told once when it is raised and once when it is over, and stays in the record",
          "[health]") {
  const TemporaryFolder folder;
  auto database = storage::Database::open(folder.path() / "reeld.db");
  REQUIRE(database);
  const auto providers = providers::ProviderSet::start({});
  REQUIRE(providers);
  std::vector<Json> told;
  ProviderHealth health(
      **database, **providers, [&](const Json& alert) { told.push_back(alert); }, false);
  const std::int64_t now = storage::now_us();
  ProviderCall bad = failed(0);
  bad.started_us = now;
  REQUIRE((*database)->add_call(bad));
  REQUIRE(health.look(now));
  REQUIRE(health.look(now + kSecond));
  REQUIRE(told.size() == 1);
  CHECK(told[0]["kind"] == "error_rate");
  CHECK(told[0]["cleared_at"].is_null());
  const auto report = health.report();
  REQUIRE(report);
  CHECK((*report)["alerts"].size() == 1);
  REQUIRE(health.look(now + 700 * kSecond));
  REQUIRE(told.size() == 2);
  CHECK_FALSE(told[1]["cleared_at"].is_null());
  CHECK((*health.report())["alerts"].empty());
}

TEST_CASE("figures of five minutes are kept", "[health]") {
  const TemporaryFolder folder;
  auto database = storage::Database::open(folder.path() / "reeld.db");
  REQUIRE(database);
  const auto providers = providers::ProviderSet::start({});
  ProviderHealth health(**database, **providers, nullptr, false);
  const std::int64_t now = storage::now_us();
  ProviderCall made = call(0, 2);
  made.started_us = now - 300 * kSecond;
  REQUIRE((*database)->add_call(made));
  REQUIRE(health.look(now));
  const auto windows = (*database)->health_windows(0, now);
  REQUIRE(windows);
  REQUIRE(windows->size() == 1);
  CHECK(windows->front().calls == 1);
  CHECK(windows->front().response_times->p50 == 2);
}

}  // namespace
}  // namespace reeld::engine
