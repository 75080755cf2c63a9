// What goes of the events of jobs that ended. The old ones are looked for on a reader's connection, from
// where the last ones were found, and only their removal takes the writer's turn.
#include "storage/database_impl.hpp"

namespace reeld::storage {
namespace {

// Their commit is short enough for a submit that waits for it.
constexpr int kRemovedAtOnce = 200;

// The index progress_events_rotated is of these types alone, in these words.
#define REELD_ROTATED " WHERE type IN ('stage', 'progress', 'warning')"

// An event's place in the order of time.
struct Place {
  std::int64_t created_us = 0;
  std::string job_id;
  std::int64_t seq = 0;
};

Result<std::optional<std::int64_t>> newest_beyond(Database::Impl& impl, std::int64_t most) {
  return impl.read("count events", [&](Connection& db) -> Result<std::optional<std::int64_t>> {
    Statement row(db, "SELECT created_at FROM progress_events" REELD_ROTATED
                      " ORDER BY created_at DESC LIMIT 1 OFFSET ?");
    bind_all(row, std::max<std::int64_t>(most, 0));
    return row.executeStep() ? std::optional(row.getColumn(0).getInt64()) : std::nullopt;
  });
}

Result<std::vector<Place>> next_old(Database::Impl& impl, std::int64_t before_us, const Place& after) {
  return impl.read("look for old events", [&](Connection& db) -> Result<std::vector<Place>> {
    Statement rows(db, "SELECT created_at, job_id, seq FROM progress_events e" REELD_ROTATED
                       " AND created_at < ? AND (created_at, job_id, seq) > (?, ?, ?)"
                       " AND EXISTS (SELECT 1 FROM jobs WHERE id = e.job_id AND completed_at IS NOT NULL)"
                       " AND EXISTS (SELECT 1 FROM progress_events WHERE job_id = e.job_id AND seq > e.seq)"
                       " ORDER BY created_at, job_id, seq LIMIT ?");
    bind_all(rows, before_us, after.created_us, after.job_id, after.seq, kRemovedAtOnce);
    std::vector<Place> found;
    while (rows.executeStep()) {
      Place& place = found.emplace_back();
      Columns(rows) >> place.created_us >> place.job_id >> place.seq;
    }
    return found;
  });
}

Result<std::int64_t> remove(Database::Impl& impl, const std::vector<Place>& places) {
  return impl.write("remove old events", [&](Connection& db) -> Result<std::int64_t> {
    Statement row(db, "DELETE FROM progress_events WHERE job_id = ? AND seq = ?");
    std::int64_t removed = 0;
    for (const Place& place : places) {
      bind_all(row, place.job_id, place.seq);
      removed += row.exec();
      row.reset();
    }
    return removed;
  });
}

}  // namespace

Result<std::int64_t> Database::rotate_events(std::int64_t older_than_us, std::int64_t most) {
  REELD_ASSIGN(const auto beyond, newest_beyond(*impl_, most));
  const std::int64_t before_us = std::max(older_than_us, beyond ? *beyond + 1 : older_than_us);
  std::int64_t removed = 0;
  for (Place last{std::numeric_limits<std::int64_t>::min(), "", 0};;) {
    REELD_ASSIGN(const auto old, next_old(*impl_, before_us, last));
    if (old.empty()) return removed;
    REELD_ASSIGN(const std::int64_t count, remove(*impl_, old));
    removed += count;
    last = old.back();
  }
}

}  // namespace reeld::storage
