// What is wrong with providers, from when to when.
#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "storage/database_impl.hpp"

namespace reeld::storage {
namespace {

constexpr std::array<std::string_view, 4> kKindNames = {"unavailable", "fallback_rate", "error_rate",
                                                        "slow_response"};

#define REELD_ALERT_COLUMNS "id, raised_at, cleared_at, kind, provider, model, value, threshold, message"

Alert alert_in(SQLite::Statement& row) {
  const auto kind = alert_kind_from_name(row.getColumn(3).getString());
  REELD_CHECK(kind.has_value());  // held by the table's own CHECK
  return {row.getColumn(0).getString(),   row.getColumn(1).getInt64(),
          optional_int(row.getColumn(2)), *kind,
          row.getColumn(4).getString(),   row.getColumn(5).getString(),
          row.getColumn(6).getDouble(),   row.getColumn(7).getDouble(),
          row.getColumn(8).getString()};
}

std::vector<Alert> alerts_in(SQLite::Statement& rows) {
  std::vector<Alert> alerts;
  while (rows.executeStep()) alerts.push_back(alert_in(rows));
  return alerts;
}

std::optional<Alert> open_alert(Connection& db, AlertKind kind, const std::string& provider,
                                const std::string& model) {
  Statement row(db, "SELECT " REELD_ALERT_COLUMNS
                    " FROM alerts WHERE kind = ? AND provider = ? AND model = ? AND cleared_at IS NULL");
  row.bind(1, std::string(alert_kind_name(kind)));
  row.bind(2, provider);
  row.bind(3, model);
  if (!row.executeStep()) return std::nullopt;
  return alert_in(row);
}

void insert(Connection& db, const Alert& alert) {
  Statement row(db,
                "INSERT INTO alerts (id, raised_at, kind, provider, model, value, threshold, message) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  row.bind(1, alert.id);
  row.bind(2, alert.raised_us);
  row.bind(3, std::string(alert_kind_name(alert.kind)));
  row.bind(4, alert.provider);
  row.bind(5, alert.model);
  row.bind(6, alert.value);
  row.bind(7, alert.threshold);
  row.bind(8, alert.message);
  row.exec();
}

void update(Connection& db, const Alert& alert) {
  Statement row(db, "UPDATE alerts SET value = ?, threshold = ?, message = ?, cleared_at = ? WHERE id = ?");
  row.bind(1, alert.value);
  row.bind(2, alert.threshold);
  row.bind(3, alert.message);
  bind_optional(row, 4, alert.cleared_us);
  row.bind(5, alert.id);
  row.exec();
}

}  // namespace

std::string_view alert_kind_name(AlertKind kind) {
  return kKindNames[static_cast<std::size_t>(kind)];
}

std::optional<AlertKind> alert_kind_from_name(std::string_view name) {
  const auto found = std::find(kKindNames.begin(), kKindNames.end(), name);
  if (found == kKindNames.end()) return std::nullopt;
  return static_cast<AlertKind>(found - kKindNames.begin());
}

Result<Database::Raised> Database::raise_alert(const Alert& alert) {
  return impl_->write("raise an alert of provider " + alert.provider, [&](Connection& db) -> Result<Raised> {
    const auto open = open_alert(db, alert.kind, alert.provider, alert.model);
    Alert kept = alert;
    kept.id = open ? open->id : new_id();
    kept.raised_us = open ? open->raised_us : alert.raised_us != 0 ? alert.raised_us : now_us();
    kept.cleared_us.reset();
    open ? update(db, kept) : insert(db, kept);
    return Raised{std::move(kept), open.has_value()};
  });
}

Result<std::optional<Alert>> Database::clear_alert(AlertKind kind, const std::string& provider,
                                                   const std::string& model) {
  return impl_->write(
      "clear an alert of provider " + provider, [&](Connection& db) -> Result<std::optional<Alert>> {
        auto alert = open_alert(db, kind, provider, model);
        if (alert) {
          alert->cleared_us = std::max(now_us(), alert->raised_us);  // a clock that was set back
          update(db, *alert);
        }
        return alert;
      });
}

Result<std::vector<Alert>> Database::open_alerts() {
  return impl_->read("list the open alerts", [&](Connection& db) -> Result<std::vector<Alert>> {
    Statement rows(
        db, "SELECT " REELD_ALERT_COLUMNS " FROM alerts WHERE cleared_at IS NULL ORDER BY raised_at, id");
    return alerts_in(rows);
  });
}

Result<std::vector<Alert>> Database::alerts_since(std::int64_t time_us) {
  return impl_->read("list alerts", [&](Connection& db) -> Result<std::vector<Alert>> {
    Statement rows(db, "SELECT " REELD_ALERT_COLUMNS
                       " FROM alerts WHERE raised_at >= ?1 OR cleared_at >= ?1 ORDER BY raised_at, id");
    rows.bind(1, time_us);
    return alerts_in(rows);
  });
}

}  // namespace reeld::storage
