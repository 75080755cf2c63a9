// What a job went through, cost, and told its subscribers.
#include <algorithm>

#include "storage/database_impl.hpp"

namespace reeld::storage {

Result<void> Database::begin_stage(const std::string& job_id, const std::string& stage) {
  return impl_->write("begin stage " + stage + " of job " + job_id, [&](Connection& db) -> Result<void> {
    Statement row(db,
                  "INSERT INTO job_stages (job_id, stage, attempt, started_at) "
                  "SELECT id, ?2, attempt, ?3 FROM jobs WHERE id = ?1");
    row.bind(1, job_id);
    row.bind(2, stage);
    row.bind(3, now_us());
    if (row.exec() == 0) return no_such_job(job_id);
    return {};
  });
}

Result<void> Database::end_stage(const std::string& job_id, const std::string& stage,
                                 const std::optional<Error>& error, const StageUse& used) {
  return impl_->write("end stage " + stage + " of job " + job_id, [&](Connection& db) -> Result<void> {
    // The newest: one that a killed daemon left open stays open and was begun again.
    Statement row(
        db,
        "UPDATE job_stages SET completed_at = max(started_at, ?1), error_code = ?2, "
        "error_message = ?3, error_path = ?4, cpu_seconds = ?7, gpu_seconds = ?8, "
        "peak_memory_mb = ?9, peak_gpu_memory_mb = ?10, frames = ?11 WHERE id = "
        "(SELECT max(id) FROM job_stages WHERE job_id = ?5 AND stage = ?6 AND completed_at IS NULL)");
    row.bind(1, now_us());
    bind_error(row, 2, error);
    row.bind(5, job_id);
    row.bind(6, stage);
    row.bind(7, used.cpu_seconds);
    row.bind(8, used.gpu_seconds);
    row.bind(9, used.peak_memory_mb);
    row.bind(10, used.peak_gpu_memory_mb);
    row.bind(11, used.frames);
    if (row.exec() == 0) {
      return Error{Code::not_found, "Job \"" + job_id + "\" has no open stage \"" + stage + "\"."};
    }
    return {};
  });
}

Result<std::vector<JobStage>> Database::stages(const std::string& job_id) {
  return impl_->read(
      "read the stages of job " + job_id, [&](Connection& db) -> Result<std::vector<JobStage>> {
        Statement rows(db,
                       "SELECT stage, started_at, completed_at, error_code, error_message, error_path, "
                       "attempt, estimated_completion, cpu_seconds, gpu_seconds, peak_memory_mb, "
                       "peak_gpu_memory_mb, frames "
                       "FROM job_stages WHERE job_id = ? ORDER BY id");
        rows.bind(1, job_id);
        std::vector<JobStage> stages;
        while (rows.executeStep()) {
          JobStage& stage = stages.emplace_back();
          std::optional<double> cpu_seconds;
          StageUse used;
          Columns(rows) >> stage.stage >> stage.started_us >> stage.completed_us >> stage.error >>
              stage.attempt >> stage.estimated_us >> cpu_seconds >> used.gpu_seconds >> used.peak_memory_mb >>
              used.peak_gpu_memory_mb >> used.frames;
          if (!cpu_seconds) continue;
          used.cpu_seconds = *cpu_seconds;
          stage.used = used;
        }
        return stages;
      });
}

Result<void> Database::set_resources(const std::string& job_id, const JobResources& resources) {
  return impl_->write("record the resources of job " + job_id, [&](Connection& db) -> Result<void> {
    Statement row(db,
                  "INSERT OR REPLACE INTO job_resources (job_id, generation_time_seconds, "
                  "cpu_time_seconds, gpu_time_seconds, peak_memory_mb, peak_gpu_memory_mb, "
                  "disk_space_used_mb, frames, frames_per_second, encoder, device, encoder_trials, "
                  "quality_search) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    row.bind(1, job_id);
    row.bind(2, resources.wall_seconds);
    row.bind(3, resources.cpu_seconds);
    row.bind(4, resources.gpu_seconds);
    row.bind(5, resources.peak_memory_mb);
    row.bind(6, resources.peak_gpu_memory_mb);
    row.bind(7, resources.disk_used_mb);
    row.bind(8, resources.frames);
    row.bind(9, resources.frames_per_second);
    row.bind(10, resources.encoder);
    row.bind(11, resources.device);
    row.bind(12, text_of(resources.encoder_trials));
    if (!resources.quality_search.is_null()) row.bind(13, text_of(resources.quality_search));
    row.exec();
    return {};
  });
}

Result<std::optional<JobResources>> Database::resources(const std::string& job_id) {
  using Answer = std::optional<JobResources>;
  return impl_->read("read the resources of job " + job_id, [&](Connection& db) -> Result<Answer> {
    Statement row(db,
                  "SELECT generation_time_seconds, cpu_time_seconds, gpu_time_seconds, peak_memory_mb, "
                  "peak_gpu_memory_mb, disk_space_used_mb, frames, frames_per_second, encoder, device, "
                  "encoder_trials, quality_search FROM job_resources WHERE job_id = ?");
    row.bind(1, job_id);
    if (!row.executeStep()) return Answer{};
    JobResources resources;
    resources.wall_seconds = row.getColumn(0).getDouble();
    resources.cpu_seconds = row.getColumn(1).getDouble();
    resources.gpu_seconds = row.getColumn(2).getDouble();
    resources.peak_memory_mb = row.getColumn(3).getDouble();
    resources.peak_gpu_memory_mb = row.getColumn(4).getDouble();
    resources.disk_used_mb = row.getColumn(5).getDouble();
    resources.frames = row.getColumn(6).getInt64();
    resources.frames_per_second = row.getColumn(7).getDouble();
    resources.encoder = row.getColumn(8).getString();
    resources.device = row.getColumn(9).getString();
    resources.encoder_trials = Json::parse(row.getColumn(10).getString());
    if (!row.getColumn(11).isNull()) resources.quality_search = Json::parse(row.getColumn(11).getString());
    return Answer{std::move(resources)};
  });
}

Result<Event> Database::append_event(const std::string& job_id, const std::string& type, const Json& body) {
  return impl_->write("record an event of job " + job_id, [&](Connection& db) -> Result<Event> {
    Event event{job_id, 0, now_us(), type, body};
    Statement row(db,
                  "INSERT INTO progress_events (job_id, seq, created_at, type, body) "
                  "SELECT ?1, coalesce(max(seq), 0) + 1, ?2, ?3, ?4 FROM progress_events "
                  "WHERE job_id = ?1 RETURNING seq");
    row.bind(1, job_id);
    row.bind(2, event.time_us);
    row.bind(3, type);
    row.bind(4, text_of(body));
    row.executeStep();
    event.seq = row.getColumn(0).getInt64();
    row.executeStep();  // the row is kept only once the statement has run to its end
    return event;
  });
}

Result<std::vector<Event>> Database::events_after(const std::string& job_id, std::int64_t seq, int limit) {
  return impl_->read("read the events of job " + job_id, [&](Connection& db) -> Result<std::vector<Event>> {
    Statement rows(db,
                   "SELECT seq, created_at, type, body FROM progress_events "
                   "WHERE job_id = ? AND seq > ? ORDER BY seq LIMIT ?");
    rows.bind(1, job_id);
    rows.bind(2, seq);
    rows.bind(3, std::max(limit, 0));
    std::vector<Event> events;
    while (rows.executeStep()) {
      events.push_back({job_id, rows.getColumn(0).getInt64(), rows.getColumn(1).getInt64(),
                        rows.getColumn(2).getString(), Json::parse(rows.getColumn(3).getString())});
    }
    return events;
  });
}

}  // namespace reeld::storage
