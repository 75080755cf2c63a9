// The rules of version 3 that the database keeps itself, against a row of each table that keeps them all.
#include "tests/storage/rules.hpp"

namespace reeld::storage {
namespace {

TEST_CASE("assets: no negative counts or costs, a confidence of 0 to 1, JSON of the right kind") {
  check({{"media_assets",
          {"request_count = 4", "seed = -1", "cost_usd = 0", "cost_usd = NULL", "confidence = 0",
           "confidence = 1", "confidence = NULL", "params = '{\"a\": 1}'", "words = '[{}]'",
           "words_estimated = 1"},
          {"request_count = -1", "input_tokens = -1", "output_tokens = -1", "thought_tokens = -1",
           "cached_tokens = -1", "cost_usd = -0.01", "confidence = -0.01", "confidence = 1.01",
           "params = '{'", "params = '[]'", "words = 'x'", "words = '{}'", "words_estimated = 2"}}});
}

TEST_CASE("jobs: a fallback only where it is allowed, no negative budget or cost") {
  check({{"jobs",
          {"allow_fallback = 1", "allow_fallback = 1, model_fallback_occurred = 1", "budget_usd = 0",
           "budget_usd = NULL", "cost_usd = 1.5"},
          {"allow_fallback = 2", "model_fallback_occurred = 1", "model_fallback_occurred = -1",
           "allow_fallback = 1, model_fallback_occurred = 2", "budget_usd = -1", "cost_usd = -1"}}});
}

TEST_CASE("calls: an error exactly where one did not succeed, a fallback only by another model") {
  check({{"provider_calls",
          {"capability = 'sound'", "scene_number = -1", "http_status = 0", "http_status = 100",
           "http_status = 599", "fallback = 1, model = 'n'",
           "succeeded = 0, error_code = 'timed_out', error_message = 'Late.'", "cost_usd = 0",
           "first_byte_seconds = 0", "job_id = NULL"},
          {"id = 'short'",
           "provider = ''",
           "capability = 'smell'",
           "scene_number = -2",
           "attempt = 0",
           "fallback = 2",
           "fallback = 1",
           "seconds = -1",
           "first_byte_seconds = -1",
           "http_status = 99",
           "http_status = 600",
           "succeeded = 2",
           "succeeded = 0",
           "succeeded = 0, error_code = 'timed_out'",
           "succeeded = 0, error_message = 'Late.'",
           "error_code = 'timed_out'",
           "error_message = 'Late.'",
           "input_tokens = -1",
           "output_tokens = -1",
           "cost_usd = -1"}}});
}

TEST_CASE("health: parts never exceed the calls, times exactly where a call succeeded") {
  check({{"provider_health",
          {"successes = 2", "fallbacks = 2", "successes = 0, response_times = NULL"},
          {"provider = ''", "window_seconds = 0", "calls = 0, successes = 0, response_times = NULL",
           "successes = 3", "successes = -1", "fallbacks = 3", "fallbacks = -1", "errors = '{'",
           "errors = '[]'", "response_times = 'x'", "response_times = '[]'", "response_times = NULL",
           "successes = 0"}},
         {"provider_status",
          {"available = 0, unavailable_since = 9", "error_count = 3"},
          {"provider = ''", "available = 2, unavailable_since = 9", "error_count = -1", "available = 0",
           "unavailable_since = 9"}}});
}

TEST_CASE("configurations: primary and fallback differ, retries and delays within their ranges") {
  check({{"provider_configs",
          {"fallback_model = NULL", "primary_model = ''", "max_retries = 1", "max_retries = 10",
           "retry_delay_ms = 100", "retry_delay_ms = 10000", "model_availability_check = 0",
           "capability = 'script'"},
          {"provider = ''", "capability = 'smell'", "kind = ''", "fallback_model = 'm'",
           "fallback_model = ''", "max_retries = 0", "max_retries = 11", "retry_delay_ms = 99",
           "retry_delay_ms = 10001", "model_availability_check = 2"}}});
}

TEST_CASE(
    "reservations and alerts: no negative amount, kinds that are known, cleared after they were raised") {
  check({{"cost_reservations",
          {"amount_usd = 0", "job_id = NULL"},
          {"id = 'short'", "provider = ''", "amount_usd = -1"}},
         {"alerts",
          {"cleared_at = 5", "kind = 'fallback_rate'", "kind = 'error_rate'", "kind = 'slow_response'"},
          {"id = 'short'", "cleared_at = 4", "kind = 'boredom'", "provider = ''", "message = ''"}}});
}

TEST_CASE("one open alert of a kind and model; a window and a status are there once") {
  Rows rows;
  const auto second_alert = [&](const std::string& cleared, const std::string& kind) {
    return rows.verdict("INSERT INTO alerts VALUES ('" + kOther + "', 5, " + cleared + ", '" + kind +
                        "', 'p', 'm', 301, 300, 'It is away.')");
  };
  CHECK(second_alert("NULL", "unavailable") == SQLITE_CONSTRAINT_UNIQUE);
  CHECK(second_alert("6", "unavailable") == SQLITE_OK);
  CHECK(second_alert("NULL", "error_rate") == SQLITE_OK);
  CHECK(rows.verdict("INSERT INTO provider_health SELECT * FROM provider_health") ==
        SQLITE_CONSTRAINT_PRIMARYKEY);
  CHECK(rows.verdict("INSERT INTO provider_status SELECT * FROM provider_status") ==
        SQLITE_CONSTRAINT_PRIMARYKEY);
  CHECK(rows.verdict("INSERT INTO provider_configs SELECT * FROM provider_configs") ==
        SQLITE_CONSTRAINT_PRIMARYKEY);
}

TEST_CASE("a job that is removed leaves its calls and takes its reservations along") {
  Rows rows;
  rows.db.exec("UPDATE jobs SET status = 'cancelled', started_at = 2, completed_at = 3");
  rows.db.exec("DELETE FROM jobs");
  CHECK(rows.db.execAndGet("SELECT count(*) FROM provider_calls WHERE job_id IS NULL").getInt() == 1);
  CHECK(rows.db.execAndGet("SELECT count(*) FROM cost_reservations").getInt() == 0);
  CHECK(rows.verdict("UPDATE provider_calls SET job_id = '" + kOther + "'") == SQLITE_CONSTRAINT_FOREIGNKEY);
}

}  // namespace
}  // namespace reeld::storage
