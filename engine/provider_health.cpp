#include "engine/provider_health.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>

#include "engine/records.hpp"

namespace reeld::engine {
namespace {

using storage::Alert;
using storage::AlertKind;
using storage::ProviderCall;
using storage::ProviderStatus;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::chrono::seconds kRound{60};
constexpr std::int64_t kWindowSeconds = 300;
constexpr std::int64_t kKeptSeconds = 30LL * 24 * 3600;
// A call is recorded at its end, so windows are worked out again until the longest call's limit is over.
constexpr int kOpenWindows = 3;
constexpr int kMaxCalls = 100000;

using ModelKey = std::pair<std::string, std::string>;  // provider, model

struct Share {
  int part = 0, whole = 0;
  double value() const { return whole == 0 ? 0 : static_cast<double>(part) / whole; }
};

std::string percent(double share) {
  return std::to_string(static_cast<int>(share * 100 + 0.5)) + "%";
}

Alert alert(AlertKind kind, const ModelKey& key, double value, double threshold, const std::string& what) {
  Alert made;
  made.kind = kind;
  made.provider = key.first;
  made.model = key.second;
  made.value = value;
  made.threshold = threshold;
  made.message = key.first + " model \"" + key.second + "\" " + what;
  return made;
}

Json time_or_null(const std::optional<std::int64_t>& time_us) {
  return time_us ? Json(time_text(*time_us)) : Json(nullptr);
}

Json alert_json(const Alert& alert) {
  return {{"kind", storage::alert_kind_name(alert.kind)},
          {"provider", alert.provider},
          {"model", alert.model},
          {"value", alert.value},
          {"threshold", alert.threshold},
          {"message", alert.message},
          {"raised_at", time_text(alert.raised_us)},
          {"cleared_at", time_or_null(alert.cleared_us)}};
}

Json window_json(const storage::HealthWindow& window) {
  Json json = {{"calls", window.calls},
               {"success_rate", static_cast<double>(window.successes) / static_cast<double>(window.calls)},
               {"fallback_rate", static_cast<double>(window.fallbacks) / static_cast<double>(window.calls)},
               {"errors", window.errors},
               {"response_seconds", nullptr}};
  if (window.response_times) {
    const auto& times = *window.response_times;
    json["response_seconds"] = {
        {"p50", times.p50}, {"p90", times.p90}, {"p99", times.p99}, {"max", times.max}};
  }
  return json;
}

}  // namespace

std::vector<Alert> alerts_now(const std::vector<ProviderCall>& last_hour,
                              const std::vector<ProviderStatus>& statuses, std::int64_t now_us) {
  const std::int64_t ten_minutes_ago = now_us - 600 * kSecond;
  std::map<ModelKey, Share> fallbacks, errors;
  std::map<ModelKey, double> slowest;
  for (const ProviderCall& call : last_hour) {
    // Of what was asked of a model, how much another one answered.
    if (!call.error) {
      Share& share = fallbacks[{call.provider, call.model_asked}];
      ++share.whole;
      share.part += call.fallback ? 1 : 0;
    }
    if (call.started_us < ten_minutes_ago) continue;
    Share& share = errors[{call.provider, call.model}];
    ++share.whole;
    share.part += call.error ? 1 : 0;
    double& longest = slowest[{call.provider, call.model}];
    longest = std::max(longest, call.seconds);
  }
  std::vector<Alert> alerts;
  for (const ProviderStatus& status : statuses) {
    if (status.available) continue;
    const auto seconds = static_cast<double>(now_us - *status.unavailable_since_us) / kSecond;
    if (seconds <= kUnavailableSeconds) continue;
    alerts.push_back(alert(AlertKind::unavailable, {status.provider, status.model}, seconds,
                           kUnavailableSeconds,
                           "has been unavailable for " + std::to_string(static_cast<int>(seconds / 60)) +
                               " minutes: " + status.last_error));
  }
  for (const auto& [key, share] : fallbacks) {
    if (share.value() <= kMaxFallbackRate) continue;
    alerts.push_back(alert(
        AlertKind::fallback_rate, key, share.value(), kMaxFallbackRate,
        "had another model answer for it in " + percent(share.value()) + " of the last hour's requests"));
  }
  for (const auto& [key, share] : errors) {
    if (share.value() <= kMaxErrorRate) continue;
    alerts.push_back(alert(AlertKind::error_rate, key, share.value(), kMaxErrorRate,
                           "failed in " + percent(share.value()) + " of the last ten minutes' requests"));
  }
  for (const auto& [key, seconds] : slowest) {
    if (seconds <= kMaxResponseSeconds) continue;
    alerts.push_back(alert(
        AlertKind::slow_response, key, seconds, kMaxResponseSeconds,
        "took " + std::to_string(static_cast<int>(seconds)) + " s for a request in the last ten minutes"));
  }
  return alerts;
}

ProviderHealth::ProviderHealth(storage::Database& database, const providers::ProviderSet& providers,
                               AlertSink sink, bool checks)
    : database_(database),
      providers_(providers),
      sink_(std::move(sink)),
      checks_(checks),
      rounds_(kRound, kRound, [this](const auto&) {
        if (const auto looked = look(storage::now_us()); !looked)
          spdlog::error("health: {}", looked.error().message);
      }) {}

Result<void> ProviderHealth::look(std::int64_t now_us) {
  if (checks_) REELD_TRY(check_services(now_us));
  REELD_TRY(settle_alerts(now_us));
  const std::int64_t window_us = kWindowSeconds * kSecond;
  if (now_us - aggregated_us_ >= window_us) {
    const std::int64_t current = now_us / window_us * window_us;
    for (int back = kOpenWindows; back >= 1; --back) {
      REELD_ASSIGN(const auto kept, database_.aggregate_health(current - back * window_us, kWindowSeconds));
      static_cast<void>(kept);
    }
    aggregated_us_ = now_us;
  }
  if (now_us - rotated_us_ >= 24 * 3600 * kSecond) {
    REELD_ASSIGN(const auto removed, database_.rotate_calls(now_us - kKeptSeconds * kSecond));
    if (removed > 0) spdlog::info("health: {} records older than 30 days removed", removed);
    rotated_us_ = now_us;
  }
  return {};
}

// A service that does not answer is unavailable with all its models; one that does, with those that its
// breaker holds back.
Result<void> ProviderHealth::check_services(std::int64_t now_us) {
  REELD_ASSIGN(const auto before, database_.provider_statuses());
  for (const providers::ServiceState& service : providers_.services()) {
    if (!service.config.configured) continue;
    const auto answered = service.provider->check([this] { return rounds_.stopping(); });
    if (!answered && answered.error().code == Code::cancelled) return {};
    for (const providers::ModelState& model : service.provider->models()) {
      ProviderStatus status;
      status.provider = service.config.name;
      status.model = model.model;
      status.available = answered && model.state.available;
      status.last_check_us = now_us;
      status.error_count = model.state.failures;
      const auto old = std::ranges::find_if(before, [&](const ProviderStatus& one) {
        return one.provider == status.provider && one.model == status.model;
      });
      const bool known = old != before.end();
      if (status.available) {
        status.last_success_us = now_us;
      } else {
        status.last_success_us = known ? old->last_success_us : std::nullopt;
        status.unavailable_since_us = known && !old->available ? old->unavailable_since_us : now_us;
        status.last_error = !answered                ? answered.error().message
                            : model.state.last_error ? model.state.last_error->message
                                                     : "";
      }
      REELD_TRY(database_.set_provider_status(status));
    }
  }
  return {};
}

Result<void> ProviderHealth::settle_alerts(std::int64_t now_us) {
  storage::CallFilter hour;
  hour.from_us = now_us - 3600 * kSecond;
  hour.limit = kMaxCalls;
  REELD_ASSIGN(const auto calls, database_.calls_between(hour));
  REELD_ASSIGN(const auto statuses, database_.provider_statuses());
  const std::vector<Alert> alerts = alerts_now(calls, statuses, now_us);
  REELD_ASSIGN(const auto open, database_.open_alerts());
  for (const Alert& one : alerts) {
    REELD_ASSIGN(const auto raised, database_.raise_alert(one));
    if (raised.repeated) continue;
    spdlog::warn("alert: {}", raised.alert.message);
    if (sink_) sink_(alert_json(raised.alert));
  }
  for (const Alert& one : open) {
    const auto still = [&](const Alert& other) {
      return other.kind == one.kind && other.provider == one.provider && other.model == one.model;
    };
    if (std::ranges::any_of(alerts, still)) continue;
    REELD_ASSIGN(const auto cleared, database_.clear_alert(one.kind, one.provider, one.model));
    if (!cleared) continue;
    spdlog::info("alert cleared: {}", cleared->message);
    if (sink_) sink_(alert_json(*cleared));
  }
  return {};
}

Result<Json> ProviderHealth::report() const {
  const std::int64_t now = storage::now_us();
  REELD_ASSIGN(const auto windows, database_.health_between(now - 3600 * kSecond, now + kSecond));
  REELD_ASSIGN(const auto statuses, database_.provider_statuses());
  Json rows = Json::array();
  for (const providers::ServiceState& service : providers_.services()) {
    const std::string why_not = service.provider->info().why_not;
    Json models = Json::array();
    for (const providers::ModelState& model : service.provider->models()) {
      Json row = {
          {"model", model.model},
          {"available", why_not.empty() && model.state.available},
          {"unavailable_since", nullptr},
          {"last_check", nullptr},
          {"last_success", nullptr},
          {"last_error", model.state.last_error ? Json(model.state.last_error->message) : Json(nullptr)},
          {"last_hour", nullptr}};
      for (const ProviderStatus& status : statuses) {
        if (status.provider != service.config.name || status.model != model.model) continue;
        if (!status.available) row["available"] = false;
        row["unavailable_since"] = time_or_null(status.unavailable_since_us);
        row["last_check"] = time_text(status.last_check_us);
        row["last_success"] = time_or_null(status.last_success_us);
        if (!status.last_error.empty()) row["last_error"] = status.last_error;
      }
      for (const storage::HealthWindow& window : windows) {
        if (window.provider == service.config.name && window.model == model.model)
          row["last_hour"] = window_json(window);
      }
      models.push_back(std::move(row));
    }
    rows.push_back({{"name", service.config.name},
                    {"kind", service.config.kind},
                    {"why_not", why_not.empty() ? Json(nullptr) : Json(why_not)},
                    {"models", std::move(models)}});
  }
  REELD_ASSIGN(const auto open, database_.open_alerts());
  Json alerts = Json::array();
  for (const Alert& one : open) alerts.push_back(alert_json(one));
  return Json{{"providers", std::move(rows)}, {"alerts", std::move(alerts)}};
}

}  // namespace reeld::engine
