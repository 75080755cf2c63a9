#include "engine/resource_sampler.hpp"

#include <spdlog/spdlog.h>

#include "storage/usage.hpp"

namespace reeld::engine {

ResourceSampler::ResourceSampler(storage::Database& database, GpuWatch& gpus, JobProgress& progress,
                                 std::string job_id, std::chrono::milliseconds interval)
    : database_(database),
      gpus_(gpus),
      progress_(progress),
      job_id_(std::move(job_id)),
      interval_(interval),
      thread_([this] { work(); }) {}

ResourceSampler::~ResourceSampler() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  end_.notify_all();
  thread_.join();
}

void ResourceSampler::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    lock.unlock();
    sample();
    lock.lock();
    if (end_.wait_for(lock, interval_, [this] { return ended_; })) break;
  }
  lock.unlock();
  sample();
}

void ResourceSampler::sample() {
  const JobMeter::Reading reading = progress_.meter().read();
  const GpuReading gpu = gpus_.read(reading.workers);
  storage::ResourceSample sample;
  sample.time_us = storage::now_us();
  sample.frames = reading.frames;
  sample.cpu_seconds = reading.cpu_seconds;
  sample.memory_mb = reading.memory_mb;
  sample.gpu_percent = gpu.gpu_percent;
  sample.encoder_percent = gpu.encoder_percent;
  sample.gpu_memory_mb = gpu.memory_mb;
  sample.gpu_scope = gpu.scope;
  std::optional<std::int64_t> estimate_us;
  if (const auto eta_seconds = progress_.figures().eta_seconds) {
    estimate_us = sample.time_us + static_cast<std::int64_t>(*eta_seconds * 1e6);
  }
  const auto removed = storage::UsageLog(database_).add_sample(job_id_, sample, estimate_us);
  if (removed && *removed) interval_ *= 2;
  if (!removed && !told_of_failure_) {
    spdlog::error("job={} samples of what it takes not recorded: {}", job_id_, removed.error().message);
    told_of_failure_ = true;
  }
}

}  // namespace reeld::engine
