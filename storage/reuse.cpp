#include "storage/reuse.hpp"

#include "storage/database_impl.hpp"

namespace reeld::storage {
namespace {

#define REELD_SEGMENT_COLUMNS "key, sha256, size_bytes, frames"

SegmentRecord segment_in(SQLite::Statement& row) {
  SegmentRecord segment;
  Columns(row) >> segment.key >> segment.sha256 >> segment.size_bytes >> segment.frames;
  return segment;
}

}  // namespace

Result<std::vector<std::optional<SegmentRecord>>> Segments::find(const std::vector<std::string>& keys) {
  using Found = std::vector<std::optional<SegmentRecord>>;
  return database_.impl().read("look for segments", [&](Connection& db) -> Result<Found> {
    Statement row(db, "SELECT " REELD_SEGMENT_COLUMNS " FROM segments WHERE key = ?");
    Found found;
    for (const std::string& key : keys) {
      row.reset();
      row.bind(1, key);
      found.push_back(row.executeStep() ? std::optional(segment_in(row)) : std::nullopt);
    }
    return found;
  });
}

Result<void> Segments::add(const std::vector<SegmentRecord>& segments) {
  return database_.impl().write("record segments", [&](Connection& db) -> Result<void> {
    Statement row(db, "INSERT INTO segments (" REELD_SEGMENT_COLUMNS
                      ", created_at, used_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5) "
                      // A REPLACE would tell no trigger of what it took away.
                      "ON CONFLICT (key) DO UPDATE SET sha256 = ?2, size_bytes = ?3, frames = ?4, "
                      "created_at = ?5, used_at = ?5");
    const std::int64_t now = now_us();
    for (const SegmentRecord& segment : segments) {
      row.reset();
      bind_all(row, segment.key, segment.sha256, segment.size_bytes, segment.frames, now);
      row.exec();
    }
    return {};
  });
}

Result<void> Segments::used(const std::vector<std::string>& keys) {
  return database_.impl().write("record the use of segments", [&](Connection& db) -> Result<void> {
    Statement row(db, "UPDATE segments SET used_at = max(created_at, ?) WHERE key = ?");
    const std::int64_t now = now_us();
    for (const std::string& key : keys) {
      row.reset();
      bind_all(row, now, key);
      row.exec();
    }
    return {};
  });
}

Result<void> Segments::remove(const std::vector<std::string>& keys) {
  return database_.impl().write("forget segments", [&](Connection& db) -> Result<void> {
    Statement row(db, "DELETE FROM segments WHERE key = ?");
    for (const std::string& key : keys) {
      row.reset();
      row.bind(1, key);
      row.exec();
    }
    return {};
  });
}

Result<std::vector<SegmentRecord>> Segments::over(std::int64_t limit_bytes) {
  using Found = std::vector<SegmentRecord>;
  return database_.impl().read("look for old segments", [&](Connection& db) -> Result<Found> {
    Statement sum(db, "SELECT coalesce(sum(size_bytes), 0) FROM segments");
    sum.executeStep();
    std::int64_t left = sum.getColumn(0).getInt64();
    Statement rows(db, "SELECT " REELD_SEGMENT_COLUMNS " FROM segments ORDER BY used_at, key");
    Found found;
    while (left > limit_bytes && rows.executeStep()) {
      found.push_back(segment_in(rows));
      left -= found.back().size_bytes;
    }
    return found;
  });
}

Result<std::vector<std::string>> Segments::keys() {
  return database_.impl().read("list segments", [&](Connection& db) -> Result<std::vector<std::string>> {
    Statement rows(db, "SELECT key FROM segments");
    std::vector<std::string> keys;
    while (rows.executeStep()) keys.push_back(rows.getColumn(0).getString());
    return keys;
  });
}

Result<void> Reuse::set(const std::string& job_id, const JobReuse& reuse) {
  return database_.impl().write("record what job " + job_id + " reused", [&](Connection& db) -> Result<void> {
    REELD_TRY(found_job(db, job_id));
    // An alternative is not shown, so it was not taken for the film.
    Statement row(
        db,
        "INSERT OR REPLACE INTO job_reuse (job_id, program, fonts, assets, asset_total, frames, "
        "frame_total, segments, segment_total, sound, saved_cost_usd) "
        "SELECT ?1, ?2, ?3, count(DISTINCT CASE j.reused WHEN 1 THEN j.role || j.scene_number END), "
        "count(DISTINCT j.role || j.scene_number), ?4, ?5, ?6, ?7, ?8, "
        "coalesce(sum(CASE j.reused WHEN 1 THEN a.cost_usd END), 0) "
        "FROM job_assets j JOIN media_assets a ON a.id = j.asset_id "
        "WHERE j.job_id = ?1 AND j.role IN ('picture', 'speech', 'music')");
    bind_all(row, job_id, reuse.program, reuse.fonts, reuse.frames, reuse.frame_total, reuse.segments,
             reuse.segment_total, reuse.sound);
    row.exec();
    return {};
  });
}

Result<std::optional<JobReuse>> Reuse::find(const std::string& job_id) {
  using Found = std::optional<JobReuse>;
  return database_.impl().read("read what job " + job_id + " reused", [&](Connection& db) -> Result<Found> {
    Statement row(db,
                  "SELECT program, fonts, assets, asset_total, frames, frame_total, segments, segment_total, "
                  "sound, saved_cost_usd FROM job_reuse WHERE job_id = ?");
    row.bind(1, job_id);
    if (!row.executeStep()) return Found{};
    JobReuse reuse;
    Columns(row) >> reuse.program >> reuse.fonts >> reuse.assets >> reuse.asset_total >> reuse.frames >>
        reuse.frame_total >> reuse.segments >> reuse.segment_total >> reuse.sound >> reuse.saved_cost_usd;
    return Found{reuse};
  });
}

Result<std::vector<Version>> versions_of(Database& database, const std::string& job_id, int limit) {
  using Found = std::vector<Version>;
  return database.impl().read("list the versions of job " + job_id, [&](Connection& db) -> Result<Found> {
    REELD_TRY(found_job(db, job_id));
    // `way` is the ids from the first film down: ids sort by time, so older versions come first.
    Statement rows(
        db,
        "WITH RECURSIVE up (id, parent) AS ("
        " SELECT id, parent_job_id FROM jobs WHERE id = ?1"
        " UNION SELECT j.id, j.parent_job_id FROM jobs j JOIN up ON j.id = up.parent), "
        "line (id, depth, way) AS ("
        " SELECT id, 0, id FROM up WHERE parent IS NULL"
        " UNION ALL SELECT j.id, depth + 1, way || j.id FROM jobs j JOIN line ON j.parent_job_id = line.id) "
        "SELECT id, depth, (SELECT max(s.id) FROM editing_sessions s WHERE s.edited_job_id = line.id) "
        "FROM line ORDER BY way LIMIT ?2");
    rows.bind(1, job_id);
    rows.bind(2, limit);
    Found versions;
    while (rows.executeStep()) {
      REELD_ASSIGN(Job job, found_job(db, rows.getColumn(0).getString()));
      versions.push_back({std::move(job), rows.getColumn(1).getInt(), text_or_empty(rows.getColumn(2))});
    }
    return versions;
  });
}

}  // namespace reeld::storage
