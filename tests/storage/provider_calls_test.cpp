#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

std::vector<std::int64_t> starts(const std::vector<ProviderCall>& calls) {
  std::vector<std::int64_t> times;
  for (const ProviderCall& call : calls) times.push_back(call.started_us);
  return times;
}

TEST_CASE("a call of a job that is not there, or of no known capability, is refused") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  ProviderCall call = some_call(1);
  call.job_id = new_id();
  CHECK(db->add_call(call).error().code == Code::not_found);
  call = some_call(1);
  call.capability = "smell";
  CHECK(db->add_call(call).error().code == Code::database_failed);
  call = some_call(1);
  call.fallback = true;  // by the very model that was asked
  CHECK(db->add_call(call).error().code == Code::database_failed);
  CHECK(db->calls_between({})->empty());
}

TEST_CASE("everything of a call is kept") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  ProviderCall call = failed_call(7, Code::provider_failed);
  call.job_id = made(*db).id;
  call.scene = 3;
  call.attempt = 2;
  call.fallback = true;
  call.model_asked = "larger";
  call.seconds = 2.5;
  call.first_byte_seconds = 0.5;
  call.input_tokens = 11;
  call.output_tokens = 1290;
  call.cost_usd = 0.039;
  REQUIRE(db->add_call(call)->id.size() == 36);
  REQUIRE(db->add_call(some_call(8)));
  const auto calls = *db->calls_between({});
  REQUIRE(calls.size() == 2);
  CHECK_FALSE(calls[0].error);
  CHECK_FALSE(calls[0].first_byte_seconds);
  CHECK_FALSE(calls[0].cost_usd);
  CHECK(calls[0].job_id.empty());
  CHECK(calls[0].scene == -1);
  const ProviderCall& kept = calls[1];
  CHECK(kept.started_us == 7);
  CHECK(kept.provider == "gemini");
  CHECK(kept.model == "large");
  CHECK(kept.model_asked == "larger");
  CHECK(kept.capability == "picture");
  CHECK(kept.job_id == call.job_id);
  CHECK(kept.scene == 3);
  CHECK(kept.attempt == 2);
  CHECK(kept.fallback);
  CHECK(kept.seconds == 2.5);
  CHECK(kept.first_byte_seconds == 0.5);
  CHECK(kept.http_status == 503);
  CHECK(kept.error == call.error);
  CHECK(kept.input_tokens == 11);
  CHECK(kept.output_tokens == 1290);
  CHECK(kept.cost_usd == 0.039);
}

TEST_CASE("calls are found by time, model and job, the newest first") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string job = made(*db).id;
  for (std::int64_t time = 1; time <= 6; ++time) {
    ProviderCall call = some_call(time, time % 2 == 0 ? "even" : "odd");
    if (time > 4) call.job_id = job;
    if (time == 2) call.model_asked = "odd";
    if (time == 3) call.provider = "other";
    REQUIRE(db->add_call(call));
  }
  using Times = std::vector<std::int64_t>;
  const auto found = [&](const CallFilter& filter) { return starts(*db->calls_between(filter)); };
  CallFilter filter;
  filter.from_us = 2;
  filter.before_us = 5;
  CHECK(found(filter) == Times{4, 3, 2});
  filter.limit = 2;
  CHECK(found(filter) == Times{4, 3});
  filter = {};
  filter.provider = "gemini";
  filter.model = "odd";
  CHECK(found(filter) == Times{5, 1});
  filter = {};
  filter.model_asked = "odd";
  CHECK(found(filter) == Times{5, 3, 2, 1});
  filter = {};
  filter.job_id = job;
  CHECK(found(filter) == Times{6, 5});
  filter.job_id = "' OR 1 = 1 --";
  CHECK(found(filter).empty());
}

TEST_CASE("what is older than the limit is removed, however much it is, and nothing else") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  for (int i = 0; i < 1203; ++i) REQUIRE(db->add_call(some_call(i)));  // more than two batches
  REQUIRE(db->aggregate_health(0, 300));
  REQUIRE(db->aggregate_health(1200, 300));
  CHECK(*db->rotate_calls(1200) == 1200 + 1);
  CHECK(starts(*db->calls_between({})) == std::vector<std::int64_t>{1202, 1201, 1200});
  CHECK(db->health_windows(0, 10000)->size() == 1);
  CHECK(*db->rotate_calls(1200) == 0);
}

}  // namespace
}  // namespace reeld::storage
