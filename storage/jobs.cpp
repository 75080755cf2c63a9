// Jobs: their making, their status and progress.
#include <algorithm>

#include "base/check.hpp"
#include "storage/database_impl.hpp"
#include "storage/job_insert.hpp"
#include "storage/listing_query.hpp"

namespace reeld::storage {
namespace {

#define REELD_JOB_COLUMNS                                                                              \
  "id, idempotency_key, request_hash, request, base_dir, target, title, status, stage, "               \
  "progress_percentage, error_code, error_message, error_path, generation_warnings, created_at, "      \
  "started_at, completed_at, attempt, allow_fallback, model_fallback_occurred, budget_usd, cost_usd, " \
  "user_id, session_id, project_id, generation_group_id, parent_job_id, composition_settings, "        \
  "coherence_settings, model_requests_count, total_tokens_used"

Job job_in(SQLite::Statement& row) {
  Job job;
  job.id = row.getColumn(0).getString();
  job.idempotency_key = row.getColumn(1).getString();
  job.request_hash = row.getColumn(2).getString();
  job.request = Json::parse(row.getColumn(3).getString());
  job.base_dir = row.getColumn(4).getString();
  job.target = row.getColumn(5).getString();
  job.title = row.getColumn(6).getString();
  const auto status = job_status_from_name(row.getColumn(7).getString());
  REELD_CHECK(status.has_value());  // held by the table's own CHECK
  job.status = *status;
  job.stage = row.getColumn(8).getString();
  job.progress = row.getColumn(9).getDouble();
  job.error = error_in(row, 10);
  job.warnings = Json::parse(row.getColumn(13).getString());
  job.created_us = row.getColumn(14).getInt64();
  job.started_us = optional_int(row.getColumn(15));
  job.completed_us = optional_int(row.getColumn(16));
  job.attempt = row.getColumn(17).getInt();
  job.allow_fallback = row.getColumn(18).getInt() != 0;
  job.model_fallback_occurred = row.getColumn(19).getInt() != 0;
  job.budget_usd = optional_real(row.getColumn(20));
  job.cost_usd = row.getColumn(21).getDouble();
  Columns more(row, 22);
  more >> job.user_id >> job.session_id >> job.project_id >> job.group_id >> job.parent_job_id;
  more >> job.composition_settings >> job.coherence_settings >> job.model_requests >> job.tokens_used;
  return job;
}

Conditions conditions_of(const JobFilter& filter) {
  Conditions conditions;
  conditions.text("status = ?", filter.status ? std::string(job_status_name(*filter.status)) : std::string());
  conditions.text("user_id = ?", filter.user_id);
  conditions.text("session_id = ?", filter.session_id);
  conditions.text("project_id = ?", filter.project_id);
  conditions.text("generation_group_id = ?", filter.group_id);
  conditions.text("parent_job_id = ?", filter.parent_job_id);
  conditions.text("model = ?", filter.model);
  conditions.made(filter.from_us, filter.before_us);
  return conditions;
}

// An asset that went meanwhile is not given, but fetched like any other.
void give(Connection& db, const std::string& job_id, const NewJob::Given& given) {
  Statement row(db,
                "INSERT OR IGNORE INTO job_assets (job_id, asset_id, role, scene_number, reused) "
                "SELECT ?, id, ?, ?, 1 FROM media_assets WHERE id = ? AND removed_at IS NULL");
  bind_all(row, job_id, given.role, given.scene, given.asset_id);
  row.exec();
}

void update_status(Connection& db, const Job& job, JobStatus status, const std::optional<Error>& error) {
  // A clock that was set back must not make a job end before it began.
  const std::int64_t now = std::max({now_us(), job.created_us, job.started_us.value_or(0)});
  const bool retry = status == JobStatus::pending;
  Statement row(db,
                "UPDATE jobs SET status = ?1, error_code = ?2, error_message = ?3, error_path = ?4, "
                "started_at = ?5, completed_at = ?6, progress_percentage = ?7, stage = ?8, "
                "attempt = ?9 WHERE id = ?10");
  row.bind(1, std::string(job_status_name(status)));
  bind_error(row, 2, error);
  bind_optional(row, 5, retry ? std::nullopt : std::optional(job.started_us.value_or(now)));
  bind_optional(row, 6, is_final(status) ? std::optional(now) : std::nullopt);
  row.bind(7, retry ? 0.0 : status == JobStatus::completed ? 100.0 : job.progress);
  row.bind(8, retry ? std::string() : job.stage);
  row.bind(9, retry ? job.attempt + 1 : job.attempt);
  row.bind(10, job.id);
  row.exec();
}

}  // namespace

Result<Job> found_job(Connection& db, const std::string& id) {
  Statement row(db, "SELECT " REELD_JOB_COLUMNS " FROM jobs WHERE id = ?");
  row.bind(1, id);
  if (!row.executeStep()) return no_such_job(id);
  return job_in(row);
}

Result<Job> insert_job(Connection& db, const NewJob& job) {
  const std::string id = new_id();
  Statement row(db,
                "INSERT INTO jobs (id, idempotency_key, request_hash, request, base_dir, target, "
                "title, created_at, allow_fallback, budget_usd, user_id, session_id, project_id, "
                "generation_group_id, parent_job_id, composition_settings, coherence_settings) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  bind_all(row, id, job.idempotency_key, job.request_hash, job.request, job.base_dir, job.target, job.title,
           now_us(), job.allow_fallback, job.budget_usd, or_null(job.user_id), job.session_id,
           or_null(job.project_id), or_null(job.group_id), or_null(job.parent_job_id),
           job.composition_settings, job.coherence_settings);
  row.exec();
  for (const NewJob::Given& given : job.given) give(db, id, given);
  if (job.script) put_job_script(db, id, *job.script);
  return found_job(db, id);
}

Result<Database::Created> Database::create_job(const NewJob& job) {
  return impl_->write("record a new job", [&](Connection& db) -> Result<Created> {
    if (!job.idempotency_key.empty()) {
      // The second condition is the index's own: without it SQLite would read every job.
      Statement row(
          db, "SELECT " REELD_JOB_COLUMNS " FROM jobs WHERE idempotency_key = ? AND idempotency_key <> ''");
      row.bind(1, job.idempotency_key);
      if (row.executeStep()) {
        Job first = job_in(row);
        if (first.request_hash == job.request_hash && first.target == job.target) {
          return Created{std::move(first), true};
        }
        return Error{Code::conflict, "The idempotency key \"" + job.idempotency_key + "\" belongs to job " +
                                         first.id + ", which has another request or target; use a new key."};
      }
    }
    REELD_ASSIGN(Job made, insert_job(db, job));
    return Created{std::move(made), false};
  });
}

Result<Job> Database::find_job(const std::string& id) {
  return impl_->read("read job " + id, [&](Connection& db) { return found_job(db, id); });
}

Result<Page<Job>> Database::page_of_jobs(const JobFilter& filter, const PageRequest& page) {
  return impl_->read("list jobs", [&](Connection& db) {
    // A job that is not at its end sorts before all that are.
    const Listing listing{"jobs",
                          REELD_JOB_COLUMNS,
                          {{"title", "title"},
                           {"status", "status"},
                           {"cost", "cost_usd"},
                           {"completed", "coalesce(completed_at, 0)"}},
                          conditions_of(filter),
                          20000};  // jobs_created_at has all that is sorted by
    return storage::page_of<Job>(db, listing, page, job_in);
  });
}

Result<std::int64_t> Database::count_jobs(const JobFilter& filter) {
  return impl_->read("count jobs", [&](Connection& db) -> Result<std::int64_t> {
    const Conditions conditions = conditions_of(filter);
    Statement row(db, "SELECT count(*) FROM jobs" + conditions.sql());
    conditions.bind(row);
    row.executeStep();
    return row.getColumn(0).getInt64();
  });
}

Result<void> Database::remove_job(const std::string& id) {
  return impl_->write("remove job " + id, [&](Connection& db) -> Result<void> {
    Statement row(db, "DELETE FROM jobs WHERE id = ?");
    row.bind(1, id);
    if (row.exec() == 0) return no_such_job(id);
    return {};
  });
}

Result<std::vector<Job>> Database::unfinished_jobs() {
  return impl_->read("list unfinished jobs", [&](Connection& db) -> Result<std::vector<Job>> {
    Statement rows(db, "SELECT " REELD_JOB_COLUMNS
                       " FROM jobs WHERE status IN ('pending', 'media_generation', "
                       "'video_composition') ORDER BY id");
    std::vector<Job> jobs;
    while (rows.executeStep()) jobs.push_back(job_in(rows));
    return jobs;
  });
}

Result<void> Database::set_status(const std::string& id, JobStatus status,
                                  const std::optional<Error>& error) {
  const std::string name(job_status_name(status));
  if (error.has_value() != (status == JobStatus::failed)) {
    return Error{Code::invalid_state,
                 "A job becomes failed with an error, and any other status without one; " + name +
                     (error ? " came with one." : " came without one.")};
  }
  return impl_->write("change the status of job " + id + " to " + name, [&](Connection& db) -> Result<void> {
    REELD_ASSIGN(const Job job, found_job(db, id));
    try {
      update_status(db, job, status, error);
    } catch (const SQLite::Exception& exception) {
      Error refused = error_of(exception, "change the status", db.getHandle());
      if (refused.code != Code::invalid_state) throw;
      refused.message = "Job " + id + " is " + std::string(job_status_name(job.status)) +
                        " and cannot become " + name + ".";
      return refused;
    }
    return {};
  });
}

Result<void> Database::set_progress(const std::string& id, const std::string& stage, double percent) {
  return impl_->write("record progress of job " + id, [&](Connection& db) -> Result<void> {
    // A report that arrives after the end (a worker that was just cancelled) changes nothing.
    Statement row(db,
                  "UPDATE jobs SET stage = ?1, progress_percentage = max(progress_percentage, ?2) "
                  "WHERE id = ?3 AND completed_at IS NULL");
    row.bind(1, stage);
    row.bind(2, percent > 0 ? std::min(percent, 100.0) : 0.0);  // also turns a NaN into 0
    row.bind(3, id);
    if (row.exec() == 0) REELD_TRY(found_job(db, id));
    return {};
  });
}

Result<void> Database::add_warning(const std::string& id, const Json& warning) {
  return impl_->write("record a warning of job " + id, [&](Connection& db) -> Result<void> {
    Statement row(db,
                  "UPDATE jobs SET generation_warnings = iif("
                  "EXISTS (SELECT 1 FROM json_each(generation_warnings) WHERE value = json(?1)), "
                  "generation_warnings, json_insert(generation_warnings, '$[#]', json(?1))) WHERE id = ?2");
    row.bind(1, text_of(warning));
    row.bind(2, id);
    if (row.exec() == 0) return no_such_job(id);
    return {};
  });
}

Result<void> Database::set_fallback_occurred(const std::string& id) {
  return impl_->write("record a fallback of job " + id, [&](Connection& db) -> Result<void> {
    Statement row(db, "UPDATE jobs SET model_fallback_occurred = 1 WHERE id = ? AND allow_fallback = 1");
    row.bind(1, id);
    if (row.exec() > 0) return {};
    REELD_TRY(found_job(db, id));
    return Error{Code::invalid_state, "Job " + id + " does not allow another model than the one asked for."};
  });
}

}  // namespace reeld::storage
