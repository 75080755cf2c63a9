#include "engine/records.hpp"

#include <ctime>

#include "engine/files.hpp"
#include "engine/script/job_script.hpp"
#include "storage/edits.hpp"

namespace reeld::engine {
namespace {

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json id_or_null(const std::string& id) {
  return id.empty() ? Json(nullptr) : Json(id);
}

Json time_or_null(const std::optional<std::int64_t>& time_us) {
  return time_us ? Json(time_text(*time_us)) : Json(nullptr);
}

Json error_or_null(const std::optional<Error>& error) {
  return error ? to_json(*error) : Json(nullptr);
}

Json job_asset_json(const storage::Database::JobAsset& used) {
  Json asset = asset_json(used.asset);
  asset["role"] = used.role;
  asset["scene"] = used.scene < 0 ? Json(nullptr) : Json(used.scene);
  asset["reused"] = used.reused;
  return asset;
}

}  // namespace

std::string time_text(std::int64_t time_us) {
  const std::time_t seconds = time_us / 1'000'000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[64];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text + length, sizeof text - length, ".%06dZ", static_cast<int>(time_us % 1'000'000));
  return text;
}

Json resources_json(const storage::JobResources& r) {
  return {{"wall_seconds", r.wall_seconds},
          {"cpu_seconds", r.cpu_seconds},
          {"gpu_seconds", r.gpu_seconds},
          {"peak_memory_mb", r.peak_memory_mb},
          {"peak_gpu_memory_mb", r.peak_gpu_memory_mb},
          {"disk_used_mb", r.disk_used_mb},
          {"frames", r.frames},
          {"frames_per_second", r.frames_per_second},
          {"encoder", r.encoder},
          {"device", r.device},
          {"encoder_trials", r.encoder_trials},
          {"quality_search", r.quality_search}};
}

Json stage_json(const storage::JobStage& stage) {
  Json json = {{"stage", stage.stage},
               {"attempt", stage.attempt},
               {"started_at", time_text(stage.started_us)},
               {"estimated_completion", time_or_null(stage.estimated_us)},
               {"completed_at", time_or_null(stage.completed_us)},
               {"error", error_or_null(stage.error)}};
  const storage::StageUse used = stage.used.value_or(storage::StageUse{});
  const auto figure = [&](auto value) { return stage.used ? Json(value) : Json(nullptr); };
  json.update({{"cpu_seconds", figure(used.cpu_seconds)},
               {"gpu_seconds", figure(used.gpu_seconds)},
               {"peak_memory_mb", figure(used.peak_memory_mb)},
               {"peak_gpu_memory_mb", figure(used.peak_gpu_memory_mb)},
               {"frames", figure(used.frames)}});
  return json;
}

Json reuse_json(const storage::JobReuse& reuse) {
  return {{"assets", reuse.assets},     {"asset_total", reuse.asset_total},
          {"frames", reuse.frames},     {"frame_total", reuse.frame_total},
          {"segments", reuse.segments}, {"segment_total", reuse.segment_total},
          {"sound", reuse.sound},       {"saved_cost_usd", reuse.saved_cost_usd}};
}

Json brief_job(const storage::Job& job, const LiveFigures& live) {
  return {{"id", job.id},
          {"status", storage::job_status_name(job.status)},
          {"stage", job.stage},
          {"progress", job.progress},
          {"title", job.title},
          {"target", job.target},
          {"error", error_or_null(job.error)},
          {"warnings", job.warnings},
          {"created_at", time_text(job.created_us)},
          {"started_at", time_or_null(job.started_us)},
          {"completed_at", time_or_null(job.completed_us)},
          {"attempt", job.attempt},
          {"frames_per_second", or_null(live.frames_per_second)},
          {"eta_seconds", or_null(live.eta_seconds)},
          {"cost_usd", job.cost_usd},
          {"model_fallback_occurred", job.model_fallback_occurred},
          {"user", job.user_id},
          {"session", id_or_null(job.session_id)},
          {"project", id_or_null(job.project_id)},
          {"group", id_or_null(job.group_id)},
          {"parent", id_or_null(job.parent_job_id)}};
}

Result<Json> whole_job(storage::Database& database, const storage::Job& job, const LiveFigures& live) {
  Json whole = brief_job(job, live);
  whole["request"] = job.request;
  REELD_ASSIGN(const auto stages, database.stages(job.id));
  whole["stages"] = Json::array();
  for (const storage::JobStage& stage : stages) {
    whole["stages"].push_back(stage_json(stage));
  }
  REELD_ASSIGN(const auto script, storage::JobScripts(database).find(job.id));
  whole["script"] = script ? to_json(*script) : Json(nullptr);
  REELD_ASSIGN(const auto assets, database.job_assets(job.id));
  whole["assets"] = Json::array();
  for (const auto& asset : assets) whole["assets"].push_back(job_asset_json(asset));
  REELD_ASSIGN(const auto video, database.video(job.id));
  whole["video"] = nullptr;
  if (video) {
    whole["video"] = video_json(*video);
  }
  REELD_ASSIGN(const auto resources, database.resources(job.id));
  whole["resources"] = resources ? resources_json(*resources) : Json(nullptr);
  REELD_ASSIGN(const auto reuse, storage::Reuse(database).find(job.id));
  whole["reused"] = reuse ? reuse_json(*reuse) : Json(nullptr);
  return whole;
}

Json asset_json(const storage::Asset& asset) {
  return {{"id", asset.id},
          {"sha256", asset.sha256},
          {"type", asset.type},
          {"source_type", asset.source_type},
          {"provider", asset.provider},
          {"model_asked", asset.model_asked},
          {"model", asset.model},
          {"prompt", asset.prompt},
          {"seed", or_null(asset.seed)},
          {"request_count", asset.request_count},
          {"input_tokens", asset.input_tokens},
          {"output_tokens", asset.output_tokens},
          {"thought_tokens", asset.thought_tokens},
          {"cached_tokens", asset.cached_tokens},
          {"response_seconds", asset.response_seconds},
          {"cost_usd", or_null(asset.cost_usd)},
          {"confidence", or_null(asset.confidence)},
          {"words_estimated", asset.words_estimated},
          {"params", asset.params},
          {"metadata", asset.metadata},
          {"file", asset.file},
          {"size_bytes", asset.size_bytes},
          {"media_type", asset.media_type},
          {"duration_seconds",
           asset.duration_us ? Json(static_cast<double>(*asset.duration_us) / 1e6) : Json(nullptr)},
          {"created_at", time_text(asset.created_us)},
          {"removed_at", time_or_null(asset.removed_us)}};
}

Json video_json(const storage::Video& video) {
  Json json = video.facts;
  json.update({{"id", video.id},
               {"job", video.job_id},
               {"file", video.file},
               {"poster", video.poster},
               {"title", video.title},
               {"created_at", time_text(video.created_us)},
               {"removed_at", time_or_null(video.removed_us)}});
  return json;
}

Json event_json(const storage::Event& event) {
  return {{"job", event.job_id},
          {"seq", event.seq},
          {"time", time_text(event.time_us)},
          {"type", event.type},
          {"body", event.body}};
}

}  // namespace reeld::engine
