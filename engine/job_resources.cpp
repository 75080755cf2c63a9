#include "engine/job_resources.hpp"

#include <algorithm>

#include "engine/files.hpp"

namespace reeld::engine {
namespace {

using Json = nlohmann::json;

// All attempts together, as the stages tell of them; those that a killed daemon left open tell nothing. The
// time is that of this run, and of the stages before it.
Result<storage::JobResources> resources_so_far(storage::Database& database, const std::string& job_id,
                                               std::int64_t began_us) {
  REELD_ASSIGN(const auto stages, database.stages(job_id));
  storage::JobResources sum;
  std::int64_t wall_us = storage::now_us() - began_us;
  for (const storage::JobStage& stage : stages) {
    if (stage.started_us < began_us && stage.completed_us) wall_us += *stage.completed_us - stage.started_us;
    if (!stage.used) continue;
    sum.cpu_seconds += stage.used->cpu_seconds;
    sum.gpu_seconds += stage.used->gpu_seconds;
    sum.peak_memory_mb = std::max(sum.peak_memory_mb, stage.used->peak_memory_mb);
    sum.peak_gpu_memory_mb = std::max(sum.peak_gpu_memory_mb, stage.used->peak_gpu_memory_mb);
    sum.frames += stage.used->frames;
  }
  sum.wall_seconds = static_cast<double>(std::max<std::int64_t>(wall_us, 0)) / 1e6;
  return sum;
}

}  // namespace

Result<void> record_resources(storage::Database& database, const std::string& job_id, const JobFolder& folder,
                              std::int64_t began_us, const std::optional<WholeFilm>& film) {
  REELD_ASSIGN(storage::JobResources resources, resources_so_far(database, job_id, began_us));
  std::int64_t disk_bytes = folder_size(folder.root);
  if (film) {
    resources.frames = film->frame_count;
    resources.frames_per_second = film->frames_per_second;
    disk_bytes += film->bytes;
  }
  resources.disk_used_mb = static_cast<double>(disk_bytes) / 1e6;
  // Chosen with the plan; a job that failed before it has neither.
  if (std::filesystem::exists(folder.choice())) {
    REELD_ASSIGN(const std::string text, read_text(folder.choice()));
    const Json choice = Json::parse(text, nullptr, false);
    resources.encoder = choice.value("encoder", "");
    resources.device = choice.value("device", "");
    resources.encoder_trials = choice.value("encoder_trials", Json::array());
    resources.quality_search = choice.value("quality_search", Json());
  }
  return database.set_resources(job_id, resources);
}

}  // namespace reeld::engine
