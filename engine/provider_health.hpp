// Watches the services: asks each every minute whether it answers, keeps figures of every five minutes,
// raises and clears alerts. One thread of its own; report() is called from others.
#pragma once

#include <functional>

#include "engine/periodic.hpp"
#include "engine/request.hpp"
#include "providers/provider_set.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

// The seeds' thresholds.
inline constexpr std::int64_t kUnavailableSeconds = 5 * 60;
inline constexpr double kMaxFallbackRate = 0.10;   // over an hour
inline constexpr double kMaxErrorRate = 0.05;      // over ten minutes
inline constexpr double kMaxResponseSeconds = 30;  // the slowest of ten minutes

// What is wrong now, by the calls of the last hour (newest first) and by what is known of each model. Pure.
std::vector<storage::Alert> alerts_now(const std::vector<storage::ProviderCall>& last_hour,
                                       const std::vector<storage::ProviderStatus>& statuses,
                                       std::int64_t now_us);

// Told of each alert that is raised or cleared: {"kind", "provider", "model", "value", "threshold",
// "message", "raised_at", "cleared_at"}.
using AlertSink = std::function<void(const Json&)>;

class ProviderHealth {
 public:
  // All outlive it. Checks services that somebody configured, and only while `checks`.
  ProviderHealth(storage::Database& database, const providers::ProviderSet& providers, AlertSink sink,
                 bool checks);

  // One round, as the thread makes it: availability, alerts; figures and rotation where they are due.
  Result<void> look(std::int64_t now_us);

  // {"providers": [...], "alerts": [...]}: docs/protocol.md. Reads memory and the database, asks nobody.
  Result<Json> report() const;

 private:
  Result<void> check_services(std::int64_t now_us);
  Result<void> settle_alerts(std::int64_t now_us);

  storage::Database& database_;
  const providers::ProviderSet& providers_;
  const AlertSink sink_;
  const bool checks_;
  std::int64_t aggregated_us_ = 0, rotated_us_ = 0;
  Periodic rounds_;
};

}  // namespace reeld::engine
