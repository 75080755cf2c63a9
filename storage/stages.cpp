#include "storage/database_impl.hpp"

namespace reeld::storage {
namespace {

Json error_json(const Error& error) {
  return {{"code", code_name(error.code)}, {"message", error.message}, {"path", error.path}};
}

Error error_of(const Json& json) {
  return {code_from_name(json.value("code", "")).value_or(Code::internal), json.value("message", ""),
          json.value("path", "")};
}

}  // namespace

Result<void> Database::begin_stage(const std::string& job_id, const std::string& stage) {
  return with_connection(*impl_, [&](SQLite::Database& db) -> Result<void> {
    SQLite::Statement insert(db, "INSERT INTO job_stages (job_id, stage, started_at) VALUES (?, ?, ?)");
    SQLite::bind(insert, job_id, stage, now_us());
    insert.exec();
    return {};
  });
}

Result<void> Database::end_stage(const std::string& job_id, const std::string& stage,
                                 const std::optional<Error>& error) {
  return with_connection(*impl_, [&](SQLite::Database& db) -> Result<void> {
    // The latest of that name: a retry, or a daemon killed meanwhile, begins a stage again.
    SQLite::Statement update(
        db,
        "UPDATE job_stages SET completed_at = max(?, started_at), error_details = ? WHERE id = "
        "(SELECT max(id) FROM job_stages WHERE job_id = ? AND stage = ? AND completed_at IS NULL)");
    update.bind(1, now_us());
    if (error) update.bind(2, dumped(error_json(*error)));
    update.bind(3, job_id);
    update.bind(4, stage);
    if (update.exec() == 0) return Error{Code::not_found, "the job has no open stage \"" + stage + "\""};
    return {};
  });
}

Result<std::vector<JobStage>> Database::stages(const std::string& job_id) {
  return with_connection(*impl_, [&](SQLite::Database& db) -> Result<std::vector<JobStage>> {
    SQLite::Statement query(
        db,
        "SELECT stage, started_at, completed_at, error_details FROM job_stages WHERE job_id = ? ORDER BY id");
    query.bind(1, job_id);
    std::vector<JobStage> stages;
    while (query.executeStep()) {
      JobStage stage{query.getColumn(0).getString(),
                     query.getColumn(1).getInt64(),
                     optional_int(query.getColumn(2)),
                     {}};
      if (!query.getColumn(3).isNull()) stage.error = error_of(Json::parse(query.getColumn(3).getString()));
      stages.push_back(std::move(stage));
    }
    return stages;
  });
}

Result<void> Database::set_resources(const std::string& job_id, const JobResources& r) {
  return with_connection(*impl_, [&](SQLite::Database& db) -> Result<void> {
    SQLite::Statement insert(
        db, "INSERT OR REPLACE INTO job_resources VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    SQLite::bind(insert, job_id, r.wall_seconds, r.cpu_seconds, r.gpu_seconds, r.peak_memory_mb,
                 r.peak_gpu_memory_mb, r.disk_used_mb, r.frames, r.frames_per_second, r.encoder, r.device,
                 dumped(r.encoder_trials));
    insert.exec();
    return {};
  });
}

Result<std::optional<JobResources>> Database::resources(const std::string& job_id) {
  return with_connection(*impl_, [&](SQLite::Database& db) -> Result<std::optional<JobResources>> {
    SQLite::Statement query(
        db,
        "SELECT generation_time_seconds, cpu_time_seconds, gpu_time_seconds, peak_memory_mb, "
        "peak_gpu_memory_mb, disk_space_used_mb, frames, frames_per_second, encoder, device, "
        "encoder_trials FROM job_resources WHERE job_id = ?");
    query.bind(1, job_id);
    if (!query.executeStep()) return std::optional<JobResources>();
    JobResources r;
    r.wall_seconds = query.getColumn(0).getDouble();
    r.cpu_seconds = query.getColumn(1).getDouble();
    r.gpu_seconds = query.getColumn(2).getDouble();
    r.peak_memory_mb = query.getColumn(3).getDouble();
    r.peak_gpu_memory_mb = query.getColumn(4).getDouble();
    r.disk_used_mb = query.getColumn(5).getDouble();
    r.frames = query.getColumn(6).getInt64();
    r.frames_per_second = query.getColumn(7).getDouble();
    r.encoder = query.getColumn(8).getString();
    r.device = query.getColumn(9).getString();
    r.encoder_trials = Json::parse(query.getColumn(10).getString());
    return std::optional(std::move(r));
  });
}

}  // namespace reeld::storage
