#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

constexpr std::int64_t kSecond = 1000000;

TEST_CASE("the figures of a window are those counted by hand, each model for itself") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::int64_t start = 1000 * kSecond;
  // "large": 10 successes of 1 to 10 s, two time-outs and one refusal; "small": one that stood in for it.
  for (int i = 1; i <= 10; ++i) {
    ProviderCall call = some_call(start + i);
    call.seconds = i;
    REQUIRE(db->add_call(call));
  }
  REQUIRE(db->add_call(failed_call(start + 20, Code::timed_out)));
  REQUIRE(db->add_call(failed_call(start + 21, Code::timed_out)));
  REQUIRE(db->add_call(failed_call(start + 300 * kSecond - 1, Code::provider_failed)));
  ProviderCall stand_in = some_call(start, "small");
  stand_in.model_asked = "large";
  stand_in.fallback = true;
  stand_in.seconds = 400;
  REQUIRE(db->add_call(stand_in));
  REQUIRE(db->add_call(some_call(start - 1)));              // before the window
  REQUIRE(db->add_call(some_call(start + 300 * kSecond)));  // the next one's first

  const auto windows = *db->aggregate_health(start, 300);
  REQUIRE(windows.size() == 2);
  const HealthWindow& large = windows[0];
  CHECK(large.model == "large");
  CHECK(large.start_us == start);
  CHECK(large.window_seconds == 300);
  CHECK(large.calls == 13);
  CHECK(large.successes == 10);
  CHECK(large.fallbacks == 0);
  CHECK(large.errors == std::map<std::string, std::int64_t>{{"timed_out", 2}, {"provider_failed", 1}});
  REQUIRE(large.response_times);
  CHECK(large.response_times->p50 == 5);  // of 10 the 5th, the 9th, the 10th
  CHECK(large.response_times->p90 == 9);
  CHECK(large.response_times->p99 == 10);
  CHECK(large.response_times->max == 10);
  // 1 s lies in (0.5, 1], 2 in (1, 2], 3 to 5 in (2, 5], 6 to 10 in (5, 10].
  CHECK(large.response_times->buckets == decltype(ResponseTimes::buckets){0, 1, 1, 3, 5, 0, 0, 0, 0, 0, 0});
  const HealthWindow& small = windows[1];
  CHECK(small.calls == 1);
  CHECK(small.fallbacks == 1);
  CHECK(small.errors.empty());
  CHECK(small.response_times->p50 == 400);
  CHECK(small.response_times->buckets.back() == 1);

  CHECK(*db->health_windows(start, start + 1) == windows);
  CHECK(*db->health_between(start, start + 300 * kSecond) == windows);
  CHECK(db->health_windows(start + 1, start + 600 * kSecond)->empty());
}

TEST_CASE("a window in which nothing succeeded has no response times, and one without calls is none") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  CHECK(db->aggregate_health(0, 300)->empty());
  REQUIRE(db->add_call(failed_call(5, Code::timed_out)));
  REQUIRE(db->aggregate_health(0, 300));
  const auto windows = *db->health_windows(0, 1);
  REQUIRE(windows.size() == 1);
  CHECK(windows[0].successes == 0);
  CHECK_FALSE(windows[0].response_times);
}

TEST_CASE("a window is aggregated again with the calls that ended later") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  REQUIRE(db->add_call(some_call(5)));
  REQUIRE(db->aggregate_health(0, 300));
  REQUIRE(db->add_call(some_call(6)));
  REQUIRE(db->aggregate_health(0, 300));
  const auto windows = *db->health_windows(0, 1);
  REQUIRE(windows.size() == 1);
  CHECK(windows[0].calls == 2);
}

TEST_CASE("the last seen status of a model replaces the one before, and outlives the daemon") {
  const TempDir dir;
  ProviderStatus status;
  status.provider = "gemini";
  status.model = "large";
  status.last_check_us = 10;
  status.last_success_us = 10;
  const ProviderStatus away{"gemini", "large", false, 20, 10, 3, 15, "HTTP 503: overloaded"};
  {
    const auto db = opened(dir / "reeld.db");
    REQUIRE(db->set_provider_status(status));
    CHECK(*db->provider_statuses() == std::vector{status});
    REQUIRE(db->set_provider_status(away));
    ProviderStatus wrong = away;
    wrong.unavailable_since_us.reset();
    CHECK(db->set_provider_status(wrong).error().code == Code::database_failed);
  }
  CHECK(*opened(dir / "reeld.db")->provider_statuses() == std::vector{away});
}

TEST_CASE("the configuration is kept as a whole: the next start's replaces it, a wrong one changes nothing") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  ProviderConfigRecord pictures;
  pictures.provider = "gemini";
  pictures.capability = "picture";
  pictures.kind = "gemini";
  pictures.primary_model = "gemini-2.5-flash-image";
  pictures.fallback_model = "gemini-pro";
  pictures.max_retries = 5;
  pictures.retry_delay_ms = 250;
  pictures.model_availability_check = false;
  ProviderConfigRecord folder;
  folder.provider = folder.kind = "folder";
  folder.capability = "picture";
  REQUIRE(db->set_provider_configs({pictures, folder}));
  const auto kept = *db->provider_configs();
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].provider == "folder");
  CHECK(kept[0].fallback_model.empty());
  CHECK(kept[1].primary_model == "gemini-2.5-flash-image");
  CHECK(kept[1].fallback_model == "gemini-pro");
  CHECK(kept[1].max_retries == 5);
  CHECK(kept[1].retry_delay_ms == 250);
  CHECK_FALSE(kept[1].model_availability_check);
  CHECK(kept[1].recorded_us > 0);
  ProviderConfigRecord same = pictures;
  same.fallback_model = same.primary_model;
  CHECK(db->set_provider_configs({folder, same}).error().code == Code::database_failed);
  CHECK(db->provider_configs()->size() == 2);
  REQUIRE(db->set_provider_configs({folder}));
  CHECK(db->provider_configs()->size() == 1);
}

}  // namespace
}  // namespace reeld::storage
