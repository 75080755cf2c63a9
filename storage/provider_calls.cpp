// Requests that were sent to providers: kept, found, and removed when they are old.
#include <algorithm>
#include <limits>
#include <utility>

#include "storage/database_impl.hpp"

namespace reeld::storage {
namespace {

constexpr int kRotatedAtOnce = 500;

#define REELD_CALL_COLUMNS                                                                              \
  "id, started_at, provider, model, model_asked, capability, job_id, scene_number, attempt, fallback, " \
  "seconds, first_byte_seconds, http_status, error_code, error_message, input_tokens, output_tokens, "  \
  "cost_usd"

ProviderCall call_in(SQLite::Statement& row) {
  ProviderCall call;
  call.id = row.getColumn(0).getString();
  call.started_us = row.getColumn(1).getInt64();
  call.provider = row.getColumn(2).getString();
  call.model = row.getColumn(3).getString();
  call.model_asked = row.getColumn(4).getString();
  call.capability = row.getColumn(5).getString();
  call.job_id = text_or_empty(row.getColumn(6));
  call.scene = row.getColumn(7).getInt();
  call.attempt = row.getColumn(8).getInt();
  call.fallback = row.getColumn(9).getInt() != 0;
  call.seconds = row.getColumn(10).getDouble();
  call.first_byte_seconds = optional_real(row.getColumn(11));
  call.http_status = row.getColumn(12).getInt();
  if (!row.getColumn(13).isNull()) {
    call.error = Error{code_from_name(row.getColumn(13).getString()).value_or(Code::internal),
                       row.getColumn(14).getString()};
  }
  call.input_tokens = row.getColumn(15).getInt64();
  call.output_tokens = row.getColumn(16).getInt64();
  call.cost_usd = optional_real(row.getColumn(17));
  return call;
}

void insert(Connection& db, const ProviderCall& call) {
  Statement row(db, "INSERT INTO provider_calls (" REELD_CALL_COLUMNS
                    ", succeeded) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  row.bind(1, call.id);
  row.bind(2, call.started_us);
  row.bind(3, call.provider);
  row.bind(4, call.model);
  row.bind(5, call.model_asked);
  row.bind(6, call.capability);
  bind_text_or_null(row, 7, call.job_id);
  row.bind(8, call.scene);
  row.bind(9, call.attempt);
  row.bind(10, call.fallback ? 1 : 0);
  row.bind(11, call.seconds);
  bind_optional(row, 12, call.first_byte_seconds);
  row.bind(13, call.http_status);
  if (call.error) {
    row.bind(14, std::string(code_name(call.error->code)));
    row.bind(15, call.error->message);
  }
  row.bind(16, call.input_tokens);
  row.bind(17, call.output_tokens);
  bind_optional(row, 18, call.cost_usd);
  row.bind(19, call.error ? 0 : 1);
  row.exec();
}

}  // namespace

Result<ProviderCall> Database::add_call(const ProviderCall& call) {
  return impl_->write("record a call of provider " + call.provider,
                      [&](Connection& db) -> Result<ProviderCall> {
                        ProviderCall kept = call;
                        if (kept.id.empty()) kept.id = new_id();
                        insert(db, kept);
                        return kept;
                      });
}

Result<std::vector<ProviderCall>> Database::calls_between(const CallFilter& filter) {
  return impl_->read("list the calls of providers", [&](Connection& db) -> Result<std::vector<ProviderCall>> {
    using Limits = std::numeric_limits<std::int64_t>;
    const std::pair<const char*, const std::string&> restrictions[] = {{"provider", filter.provider},
                                                                       {"model", filter.model},
                                                                       {"model_asked", filter.model_asked},
                                                                       {"job_id", filter.job_id}};
    // Only what restricts stands in the statement: an index serves no condition that may be empty.
    std::string sql =
        "SELECT " REELD_CALL_COLUMNS " FROM provider_calls WHERE started_at >= ? AND started_at < ?";
    for (const auto& [column, value] : restrictions) {
      if (!value.empty()) sql += std::string(" AND ") + column + " = ?";
    }
    Statement rows(db, sql + " ORDER BY started_at DESC, id DESC LIMIT ?");
    int index = 0;
    rows.bind(++index, filter.from_us.value_or(Limits::min()));
    rows.bind(++index, filter.before_us.value_or(Limits::max()));
    for (const auto& [column, value] : restrictions) {
      if (!value.empty()) rows.bind(++index, value);
    }
    rows.bind(++index, std::clamp(filter.limit, 1, 100000));
    std::vector<ProviderCall> calls;
    while (rows.executeStep()) calls.push_back(call_in(rows));
    return calls;
  });
}

Result<std::int64_t> Database::rotate_calls(std::int64_t older_than_us) {
  constexpr const char* kOld[] = {
      "DELETE FROM provider_calls WHERE rowid IN "
      "(SELECT rowid FROM provider_calls WHERE started_at < ?1 ORDER BY started_at LIMIT ?2)",
      "DELETE FROM provider_health WHERE (provider, model, window_start) IN "
      "(SELECT provider, model, window_start FROM provider_health WHERE window_start < ?1 LIMIT ?2)",
      "DELETE FROM alerts WHERE rowid IN (SELECT rowid FROM alerts WHERE cleared_at < ?1 LIMIT ?2)"};
  std::int64_t removed = 0;
  for (const char* sql : kOld) {
    for (int batch = kRotatedAtOnce; batch == kRotatedAtOnce; removed += batch) {
      // Others wait for one batch only.
      REELD_ASSIGN(batch, impl_->write("remove old records of providers", [&](Connection& db) -> Result<int> {
        Statement rows(db, sql);
        rows.bind(1, older_than_us);
        rows.bind(2, kRotatedAtOnce);
        return rows.exec();
      }));
    }
  }
  return removed;
}

}  // namespace reeld::storage
