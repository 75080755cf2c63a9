// What is recorded of providers: each request sent to them, how they do, what they cost, and what is wrong
// with them. Values of Database's methods. Times are UTC microseconds since 1970, costs US dollars, nullopt
// where no price is known. No text here may hold a key: whoever fills it in has taken them out.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace reeld::storage {

// One request that was sent.
struct ProviderCall {
  std::string id;  // given by add_call where empty
  std::int64_t started_us = 0;
  std::string provider;
  std::string model, model_asked;  // the first is the one this request went to
  std::string capability;          // picture, speech, script, sound
  std::string job_id;              // empty: of no job, or of one that is gone
  int scene = -1;                  // from 0; -1 where it belongs to the whole film
  int attempt = 1;                 // of this model for this wish, from 1
  bool fallback = false;           // this model stands in for the one asked for
  double seconds = 0;              // until its end
  std::optional<double> first_byte_seconds;
  int http_status = 0;         // 0 where there was no answer
  std::optional<Error> error;  // nullopt: it succeeded. Its path is not kept
  std::int64_t input_tokens = 0, output_tokens = 0;
  std::optional<double> cost_usd;
};

// Empty fields do not restrict.
struct CallFilter {
  std::optional<std::int64_t> from_us, before_us;  // of started_us: from <= t < before
  std::string provider, model, model_asked, job_id;
  int limit = 1000;  // 1..100000
};

// Upper bounds of the response times' buckets, in seconds; one more bucket holds what is above the last.
inline constexpr std::array kResponseBuckets = {0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0};

// Percentiles are by nearest rank: the smallest time that at least that share of the calls does not exceed.
struct ResponseTimes {
  double p50 = 0, p90 = 0, p99 = 0, max = 0;  // seconds
  // buckets[i]: calls above bound i-1 and up to bound i.
  std::array<std::int64_t, kResponseBuckets.size() + 1> buckets{};
  bool operator==(const ResponseTimes&) const = default;
};

// The calls of one model in a window of time.
struct HealthWindow {
  std::string provider, model;  // the model the requests went to
  std::int64_t start_us = 0;
  std::int64_t window_seconds = 0;
  std::int64_t calls = 0;                       // at least 1
  std::int64_t successes = 0;                   // of the calls
  std::int64_t fallbacks = 0;                   // of the calls: made because another model did not answer
  std::map<std::string, std::int64_t> errors;   // by code
  std::optional<ResponseTimes> response_times;  // of the successes; nullopt where there is none
  bool operator==(const HealthWindow&) const = default;
};

// As last seen.
struct ProviderStatus {
  std::string provider, model;
  bool available = true;
  std::int64_t last_check_us = 0;
  std::optional<std::int64_t> last_success_us;
  std::int64_t error_count = 0;                      // since the last success
  std::optional<std::int64_t> unavailable_since_us;  // exactly where not available
  std::string last_error;                            // empty: none
  bool operator==(const ProviderStatus&) const = default;
};

// What the daemon runs with, for one capability of one provider.
struct ProviderConfigRecord {
  std::string provider, capability, kind;
  std::string primary_model;   // empty where there is no choice
  std::string fallback_model;  // empty: none; else another than the primary
  int max_retries = 3;         // 1..10
  int retry_delay_ms = 1000;   // 100..10000
  bool model_availability_check = true;
  std::int64_t recorded_us = 0;
};

// What a wish may cost at most, asked before anything is sent for it.
struct CostRequest {
  std::string job_id;  // empty: of no job
  std::string provider;
  double amount_usd = 0;
  std::optional<double> job_budget_usd;  // beside the job's own budget_usd: the smaller of the two holds
  std::optional<double> day_budget_usd;  // for all jobs of the UTC day
};

enum class AlertKind : std::uint8_t { unavailable, fallback_rate, error_rate, slow_response };
std::string_view alert_kind_name(AlertKind kind);
std::optional<AlertKind> alert_kind_from_name(std::string_view name);

struct Alert {
  std::string id;
  std::int64_t raised_us = 0;
  std::optional<std::int64_t> cleared_us;
  AlertKind kind = AlertKind::unavailable;
  std::string provider, model;
  double value = 0, threshold = 0;  // seconds, or a share 0..1, as the kind says
  std::string message;
};

}  // namespace reeld::storage
