#include <algorithm>
#include <array>

#include "storage/database_impl.hpp"

namespace reeld::storage {
namespace {

constexpr std::array<std::string_view, 6> kStatusNames = {
    "pending", "media_generation", "video_composition", "completed", "failed", "cancelled"};

constexpr const char* kJobColumns =
    "SELECT id, idempotency_key, request_hash, request, base_dir, target, title, status, stage, "
    "progress_percentage, "
    "error_code, error_message, error_path, generation_warnings, attempt, created_at, started_at, "
    "completed_at FROM jobs ";

Job read_job(SQLite::Statement& row) {
  Job job;
  job.id = row.getColumn(0).getString();
  job.idempotency_key = row.getColumn(1).getString();
  job.request_hash = row.getColumn(2).getString();
  job.request = Json::parse(row.getColumn(3).getString(), nullptr, false);
  job.base_dir = row.getColumn(4).getString();
  job.target = row.getColumn(5).getString();
  job.title = row.getColumn(6).getString();
  job.status = *job_status_from_name(row.getColumn(7).getString());
  job.stage = row.getColumn(8).getString();
  job.progress = row.getColumn(9).getDouble();
  if (!row.getColumn(10).isNull()) {
    job.error = Error{code_from_name(row.getColumn(10).getString()).value_or(Code::internal),
                      row.getColumn(11).getString(), row.getColumn(12).getString()};
  }
  job.warnings = Json::parse(row.getColumn(13).getString(), nullptr, false);
  job.attempt = row.getColumn(14).getInt();
  job.created_us = row.getColumn(15).getInt64();
  job.started_us = optional_int(row.getColumn(16));
  job.completed_us = optional_int(row.getColumn(17));
  return job;
}

Result<Job> find(SQLite::Database& db, const std::string& id) {
  SQLite::Statement query(db, std::string(kJobColumns) + "WHERE id = ?");
  query.bind(1, id);
  if (!query.executeStep()) return Error{Code::not_found, "there is no job \"" + id + "\"", "/job"};
  return read_job(query);
}

std::vector<Job> read_all(SQLite::Statement& query) {
  std::vector<Job> jobs;
  while (query.executeStep()) jobs.push_back(read_job(query));
  return jobs;
}

// The columns that a step writes beside the status. Times follow from it: started when it leaves pending,
// completed at an end; a retry forgets both.
constexpr const char* kSetStatus =
    "UPDATE jobs SET status = ?1, error_code = ?2, error_message = ?3, error_path = ?4, "
    "started_at = CASE WHEN ?1 = 'pending' THEN NULL ELSE coalesce(started_at, ?5) END, "
    "completed_at = CASE WHEN ?1 IN ('completed', 'failed', 'cancelled') THEN max(?5, coalesce(started_at, "
    "?5)) END, "
    "progress_percentage = CASE ?1 WHEN 'pending' THEN 0 WHEN 'completed' THEN 100 ELSE progress_percentage "
    "END, "
    "stage = CASE ?1 WHEN 'pending' THEN '' ELSE stage END, "
    "attempt = attempt + (?1 = 'pending') WHERE id = ?6";

}  // namespace

std::string_view job_status_name(JobStatus status) {
  return kStatusNames[static_cast<std::size_t>(status)];
}

std::optional<JobStatus> job_status_from_name(std::string_view name) {
  const auto it = std::find(kStatusNames.begin(), kStatusNames.end(), name);
  if (it == kStatusNames.end()) return std::nullopt;
  return static_cast<JobStatus>(it - kStatusNames.begin());
}

bool is_final(JobStatus status) {
  return status == JobStatus::completed || status == JobStatus::failed || status == JobStatus::cancelled;
}

Result<Database::Created> Database::create_job(const NewJob& job) {
  return with_connection(*impl_, [&](SQLite::Database& db) -> Result<Created> {
    SQLite::Transaction transaction(db);
    if (!job.idempotency_key.empty()) {
      SQLite::Statement query(db, std::string(kJobColumns) + "WHERE idempotency_key = ?");
      query.bind(1, job.idempotency_key);
      if (query.executeStep()) {
        Job first = read_job(query);
        if (first.request_hash == job.request_hash && first.target == job.target)
          return Created{std::move(first), true};
        return Error{Code::conflict,
                     "the idempotency key \"" + job.idempotency_key +
                         "\" was used for another request, job " + first.id,
                     "/idempotency_key"};
      }
    }
    const std::string id = new_id();
    SQLite::Statement insert(
        db,
        "INSERT INTO jobs (id, idempotency_key, request_hash, request, base_dir, target, title, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    SQLite::bind(insert, id, job.idempotency_key, job.request_hash, dumped(job.request), job.base_dir,
                 job.target, job.title, now_us());
    insert.exec();
    transaction.commit();
    REELD_ASSIGN(Job created, find(db, id));
    return Created{std::move(created), false};
  });
}

Result<Job> Database::find_job(const std::string& id) {
  return with_connection(*impl_, [&](SQLite::Database& db) { return find(db, id); });
}

Result<std::vector<Job>> Database::list_jobs(const JobFilter& filter) {
  return with_connection(*impl_, [&](SQLite::Database& db) -> Result<std::vector<Job>> {
    SQLite::Statement query(
        db, std::string(kJobColumns) +
                "WHERE (?1 = '' OR status = ?1) AND (?2 = '' OR id < ?2) ORDER BY id DESC LIMIT ?3");
    query.bind(1, filter.status ? std::string(job_status_name(*filter.status)) : std::string());
    query.bind(2, filter.before_id);
    query.bind(3, std::clamp(filter.limit, 1, 500));
    return read_all(query);
  });
}

Result<std::vector<Job>> Database::unfinished_jobs() {
  return with_connection(*impl_, [&](SQLite::Database& db) -> Result<std::vector<Job>> {
    SQLite::Statement query(
        db, std::string(kJobColumns) +
                "WHERE status IN ('pending', 'media_generation', 'video_composition') ORDER BY id");
    return read_all(query);
  });
}

Result<void> Database::set_status(const std::string& id, JobStatus status,
                                  const std::optional<Error>& error) {
  return with_connection(*impl_, [&](SQLite::Database& db) -> Result<void> {
    SQLite::Statement update(db, kSetStatus);
    update.bind(1, std::string(job_status_name(status)));
    if (error) {
      update.bind(2, std::string(code_name(error->code)));
      update.bind(3, error->message);
      update.bind(4, error->path);
    }
    update.bind(5, now_us());
    update.bind(6, id);
    if (update.exec() == 0) return Error{Code::not_found, "there is no job \"" + id + "\"", "/job"};
    return {};
  });
}

Result<void> Database::set_progress(const std::string& id, const std::string& stage, double percent) {
  return with_connection(*impl_, [&](SQLite::Database& db) -> Result<void> {
    SQLite::Statement update(db,
                             "UPDATE jobs SET stage = ?, progress_percentage = max(progress_percentage, "
                             "min(100.0, max(0.0, ?))) WHERE id = ?");
    SQLite::bind(update, stage, percent, id);
    if (update.exec() == 0) return Error{Code::not_found, "there is no job \"" + id + "\"", "/job"};
    return {};
  });
}

Result<void> Database::add_warning(const std::string& id, const Json& warning) {
  return with_connection(*impl_, [&](SQLite::Database& db) -> Result<void> {
    SQLite::Statement update(db,
                             "UPDATE jobs SET generation_warnings = json_insert(generation_warnings, '$[#]', "
                             "json(?)) WHERE id = ?");
    SQLite::bind(update, dumped(warning), id);
    if (update.exec() == 0) return Error{Code::not_found, "there is no job \"" + id + "\"", "/job"};
    return {};
  });
}

}  // namespace reeld::storage
