// The story of a job, from the request to the finished film. Each step is durable: run again after a crash or
// by a retry, it goes on from what is there. Runs in one of the daemon's job threads; the heavy work is done
// by workers.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/disk_space.hpp"
#include "engine/executor.hpp"
#include "engine/gpu_watch.hpp"
#include "engine/job_progress.hpp"
#include "engine/reuse/segment_cache.hpp"
#include "providers/local/allowed_roots.hpp"
#include "providers/provider.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

struct JobTools {
  storage::Database& database;
  const providers::Registry& registry;
  const providers::AllowedRoots& roots;
  Executor& executor;
  DiskSpace& disk;
  GpuWatch& gpus;
  const std::filesystem::path data_dir;
  const std::filesystem::path models_dir;  // of the user's models: docs/metrics/learned.md
  const std::vector<std::string> encoder_order;
  const double segment_seconds;
  const std::optional<double> day_budget_usd;  // for all jobs of a UTC day; absent: no limit
  SegmentCache& segments;
};

// Takes the job from pending (or from where a killed daemon left it) to completed. On an error nothing
// half-made is left at the target; the caller records the error. What the job took is recorded, however it
// ends. Errors: those of every step, with the path of the request's field.
Result<void> run_job(const JobTools& tools, const storage::Job& job, JobProgress& progress,
                     const std::atomic<bool>& cancelled);

// Removes what a job keeps on the way to its film, and an unfinished film.
void remove_job_files(const std::filesystem::path& data_dir, const storage::Job& job);

}  // namespace reeld::engine
