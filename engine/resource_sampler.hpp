// Writes down every second what a job takes, while it lives; in a thread of its own. Made and destroyed by
// the job's thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "engine/gpu_watch.hpp"
#include "engine/job_progress.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

class ResourceSampler {
 public:
  static constexpr std::chrono::milliseconds kInterval{1000};

  // Takes the first sample at once. All outlive the sampler. The interval doubles whenever the record has as
  // many samples of the job as it keeps.
  ResourceSampler(storage::Database& database, GpuWatch& gpus, JobProgress& progress, std::string job_id,
                  std::chrono::milliseconds interval = kInterval);
  // Takes the last one.
  ~ResourceSampler();
  ResourceSampler(const ResourceSampler&) = delete;
  ResourceSampler& operator=(const ResourceSampler&) = delete;

 private:
  void work();
  void sample();

  storage::Database& database_;
  GpuWatch& gpus_;
  JobProgress& progress_;
  const std::string job_id_;
  std::chrono::milliseconds interval_;
  bool told_of_failure_ = false;
  std::mutex mutex_;
  std::condition_variable end_;
  bool ended_ = false;
  std::thread thread_;  // the last: it uses all of the above
};

}  // namespace reeld::engine
