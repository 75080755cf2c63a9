#include "storage/database_impl.hpp"

namespace reeld::storage {

Result<Event> Database::append_event(const std::string& job_id, const std::string& type, const Json& body) {
  return with_connection(*impl_, [&](SQLite::Database& db) -> Result<Event> {
    Event event{job_id, 0, now_us(), type, body};
    SQLite::Statement insert(
        db,
        "INSERT INTO progress_events (job_id, seq, created_at, event_type, body) VALUES (?1, "
        "(SELECT coalesce(max(seq), 0) + 1 FROM progress_events WHERE job_id = ?1), ?2, ?3, ?4) "
        "RETURNING seq");
    SQLite::bind(insert, job_id, event.time_us, type, dumped(body));
    insert.executeStep();
    event.seq = insert.getColumn(0).getInt64();
    // RETURNING gives its row before the statement ends; the row is kept once it has.
    insert.executeStep();
    return event;
  });
}

Result<std::vector<Event>> Database::events_after(const std::string& job_id, std::int64_t seq, int limit) {
  return with_connection(*impl_, [&](SQLite::Database& db) -> Result<std::vector<Event>> {
    SQLite::Statement query(
        db,
        "SELECT seq, created_at, event_type, body FROM progress_events WHERE job_id = ? AND seq > ? "
        "ORDER BY seq LIMIT ?");
    SQLite::bind(query, job_id, seq, limit);
    std::vector<Event> events;
    while (query.executeStep()) {
      events.push_back({job_id, query.getColumn(0).getInt64(), query.getColumn(1).getInt64(),
                        query.getColumn(2).getString(), Json::parse(query.getColumn(3).getString())});
    }
    return events;
  });
}

}  // namespace reeld::storage
