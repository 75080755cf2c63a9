// How providers do: figures of windows of time, what was last seen of each model, and the configuration they
// run with.
#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.hpp"
#include "storage/database_impl.hpp"

namespace reeld::storage {
namespace {

constexpr std::int64_t kMicroseconds = 1000000;

ResponseTimes response_times_of(std::vector<double> seconds) {
  REELD_CHECK(!seconds.empty());
  std::sort(seconds.begin(), seconds.end());
  const auto at_share = [&](double share) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(seconds.size())));
    return seconds[std::max<std::size_t>(rank, 1) - 1];
  };
  ResponseTimes times{at_share(0.5), at_share(0.9), at_share(0.99), seconds.back()};
  for (const double value : seconds) {
    const auto bound = std::lower_bound(kResponseBuckets.begin(), kResponseBuckets.end(), value);
    ++times.buckets[static_cast<std::size_t>(bound - kResponseBuckets.begin())];
  }
  return times;
}

// `rows`: provider, model, fallback, error_code, seconds; equal models side by side.
std::vector<HealthWindow> windows_of(SQLite::Statement& rows, std::int64_t start_us,
                                     std::int64_t window_seconds) {
  std::vector<HealthWindow> windows;
  std::vector<double> seconds;
  const auto finish = [&] {
    if (!seconds.empty()) windows.back().response_times = response_times_of(std::exchange(seconds, {}));
  };
  while (rows.executeStep()) {
    const std::string provider = rows.getColumn(0).getString(), model = rows.getColumn(1).getString();
    if (windows.empty() || windows.back().provider != provider || windows.back().model != model) {
      finish();
      windows.push_back({provider, model, start_us, window_seconds, 0, 0, 0, {}, {}});
    }
    HealthWindow& window = windows.back();
    ++window.calls;
    window.fallbacks += rows.getColumn(2).getInt();
    if (rows.getColumn(3).isNull()) {
      ++window.successes;
      seconds.push_back(rows.getColumn(4).getDouble());
    } else {
      ++window.errors[rows.getColumn(3).getString()];
    }
  }
  finish();
  return windows;
}

std::vector<HealthWindow> windows_between(Connection& db, std::int64_t from_us, std::int64_t before_us) {
  Statement rows(db,
                 "SELECT provider, model, fallback, error_code, seconds FROM provider_calls "
                 "WHERE started_at >= ? AND started_at < ? ORDER BY provider, model");
  rows.bind(1, from_us);
  rows.bind(2, before_us);
  return windows_of(rows, from_us, (before_us - from_us) / kMicroseconds);
}

// A bucket is [its upper bound in seconds, its count]; that of the last, which has no bound, is null.
Json json_of(const ResponseTimes& times) {
  Json buckets = Json::array();
  for (std::size_t i = 0; i < times.buckets.size(); ++i) {
    const Json bound = i < kResponseBuckets.size() ? Json(kResponseBuckets[i]) : Json();
    buckets.push_back(Json::array({bound, times.buckets[i]}));
  }
  return {
      {"p50", times.p50}, {"p90", times.p90}, {"p99", times.p99}, {"max", times.max}, {"buckets", buckets}};
}

ResponseTimes response_times_in(const Json& json) {
  ResponseTimes times{json.at("p50"), json.at("p90"), json.at("p99"), json.at("max")};
  for (std::size_t i = 0; i < times.buckets.size(); ++i) times.buckets[i] = json.at("buckets").at(i).at(1);
  return times;
}

void keep(Connection& db, const HealthWindow& window) {
  Statement row(db,
                "INSERT INTO provider_health (provider, model, window_start, window_seconds, calls, "
                "successes, fallbacks, errors, response_times) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  row.bind(1, window.provider);
  row.bind(2, window.model);
  row.bind(3, window.start_us);
  row.bind(4, window.window_seconds);
  row.bind(5, window.calls);
  row.bind(6, window.successes);
  row.bind(7, window.fallbacks);
  row.bind(8, text_of(window.errors));
  if (window.response_times) row.bind(9, text_of(json_of(*window.response_times)));
  row.exec();
}

HealthWindow window_in(SQLite::Statement& row) {
  HealthWindow window;
  window.provider = row.getColumn(0).getString();
  window.model = row.getColumn(1).getString();
  window.start_us = row.getColumn(2).getInt64();
  window.window_seconds = row.getColumn(3).getInt64();
  window.calls = row.getColumn(4).getInt64();
  window.successes = row.getColumn(5).getInt64();
  window.fallbacks = row.getColumn(6).getInt64();
  window.errors = Json::parse(row.getColumn(7).getString()).get<std::map<std::string, std::int64_t>>();
  if (!row.getColumn(8).isNull()) {
    window.response_times = response_times_in(Json::parse(row.getColumn(8).getString()));
  }
  return window;
}

void insert(Connection& db, const ProviderConfigRecord& config) {
  Statement row(db,
                "INSERT INTO provider_configs (provider, capability, kind, primary_model, fallback_model, "
                "max_retries, retry_delay_ms, model_availability_check, recorded_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  row.bind(1, config.provider);
  row.bind(2, config.capability);
  row.bind(3, config.kind);
  row.bind(4, config.primary_model);
  bind_text_or_null(row, 5, config.fallback_model);
  row.bind(6, config.max_retries);
  row.bind(7, config.retry_delay_ms);
  row.bind(8, config.model_availability_check ? 1 : 0);
  row.bind(9, config.recorded_us != 0 ? config.recorded_us : now_us());
  row.exec();
}

}  // namespace

Result<std::vector<HealthWindow>> Database::health_between(std::int64_t from_us, std::int64_t before_us) {
  return impl_->read("count the calls of providers",
                     [&](Connection& db) -> Result<std::vector<HealthWindow>> {
                       return windows_between(db, from_us, before_us);
                     });
}

Result<std::vector<HealthWindow>> Database::aggregate_health(std::int64_t start_us,
                                                             std::int64_t window_seconds) {
  return impl_->write(
      "aggregate the health of providers", [&](Connection& db) -> Result<std::vector<HealthWindow>> {
        auto windows = windows_between(db, start_us, start_us + window_seconds * kMicroseconds);
        Statement earlier(db, "DELETE FROM provider_health WHERE window_start = ?");
        earlier.bind(1, start_us);
        earlier.exec();
        for (const HealthWindow& window : windows) keep(db, window);
        return windows;
      });
}

Result<std::vector<HealthWindow>> Database::health_windows(std::int64_t from_us, std::int64_t before_us) {
  return impl_->read(
      "read the health of providers", [&](Connection& db) -> Result<std::vector<HealthWindow>> {
        Statement rows(db,
                       "SELECT provider, model, window_start, window_seconds, calls, successes, fallbacks, "
                       "errors, response_times FROM provider_health WHERE window_start >= ? AND "
                       "window_start < ? ORDER BY window_start, provider, model");
        rows.bind(1, from_us);
        rows.bind(2, before_us);
        std::vector<HealthWindow> windows;
        while (rows.executeStep()) windows.push_back(window_in(rows));
        return windows;
      });
}

Result<void> Database::set_provider_status(const ProviderStatus& status) {
  return impl_->write(
      "record the status of provider " + status.provider, [&](Connection& db) -> Result<void> {
        Statement row(
            db,
            "INSERT OR REPLACE INTO provider_status (provider, model, available, last_check, "
            "last_success, error_count, unavailable_since, last_error) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        row.bind(1, status.provider);
        row.bind(2, status.model);
        row.bind(3, status.available ? 1 : 0);
        row.bind(4, status.last_check_us);
        bind_optional(row, 5, status.last_success_us);
        row.bind(6, status.error_count);
        bind_optional(row, 7, status.unavailable_since_us);
        bind_text_or_null(row, 8, status.last_error);
        row.exec();
        return {};
      });
}

Result<std::vector<ProviderStatus>> Database::provider_statuses() {
  return impl_->read(
      "read the status of providers", [&](Connection& db) -> Result<std::vector<ProviderStatus>> {
        Statement rows(db,
                       "SELECT provider, model, available, last_check, last_success, error_count, "
                       "unavailable_since, last_error FROM provider_status ORDER BY provider, model");
        std::vector<ProviderStatus> statuses;
        while (rows.executeStep()) {
          statuses.push_back({rows.getColumn(0).getString(), rows.getColumn(1).getString(),
                              rows.getColumn(2).getInt() != 0, rows.getColumn(3).getInt64(),
                              optional_int(rows.getColumn(4)), rows.getColumn(5).getInt64(),
                              optional_int(rows.getColumn(6)), text_or_empty(rows.getColumn(7))});
        }
        return statuses;
      });
}

Result<void> Database::set_provider_configs(const std::vector<ProviderConfigRecord>& configs) {
  return impl_->write("record the configuration of providers", [&](Connection& db) -> Result<void> {
    db.exec("DELETE FROM provider_configs");
    for (const ProviderConfigRecord& config : configs) insert(db, config);
    return {};
  });
}

Result<std::vector<ProviderConfigRecord>> Database::provider_configs() {
  return impl_->read(
      "read the configuration of providers",
      [&](Connection& db) -> Result<std::vector<ProviderConfigRecord>> {
        Statement rows(db,
                       "SELECT provider, capability, kind, primary_model, fallback_model, max_retries, "
                       "retry_delay_ms, model_availability_check, recorded_at FROM provider_configs "
                       "ORDER BY provider, capability");
        std::vector<ProviderConfigRecord> configs;
        while (rows.executeStep()) {
          configs.push_back(
              {rows.getColumn(0).getString(), rows.getColumn(1).getString(), rows.getColumn(2).getString(),
               rows.getColumn(3).getString(), text_or_empty(rows.getColumn(4)), rows.getColumn(5).getInt(),
               rows.getColumn(6).getInt(), rows.getColumn(7).getInt() != 0, rows.getColumn(8).getInt64()});
        }
        return configs;
      });
}

}  // namespace reeld::storage
