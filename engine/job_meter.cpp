#include "engine/job_meter.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/process_use.hpp"

namespace reeld::engine {

TaskOutcome JobMeter::run(Executor& executor, const nlohmann::json& task, const TaskEvents& on_event,
                          const std::atomic<bool>& cancelled) {
  std::optional<pid_t> worker;
  TaskOutcome outcome = executor.run(task, on_event, cancelled, [&](pid_t chosen) {
    const auto use = process_use(chosen);
    const std::lock_guard lock(mutex_);
    worker = chosen;
    at_work_[chosen] = use ? use->cpu_seconds : 0;
  });
  const std::lock_guard lock(mutex_);
  if (worker) at_work_.erase(*worker);
  stage_.cpu_seconds += outcome.usage.cpu_seconds;
  stage_.gpu_seconds += outcome.usage.gpu_seconds;
  stage_.peak_memory_mb = std::max(stage_.peak_memory_mb, outcome.usage.peak_memory_mb);
  stage_.peak_gpu_memory_mb = std::max(stage_.peak_gpu_memory_mb, outcome.usage.peak_gpu_memory_mb);
  return outcome;
}

void JobMeter::set_frames(std::int64_t frames) {
  const std::lock_guard lock(mutex_);
  stage_.frames = frames;
}

storage::StageUse JobMeter::take_stage() {
  const std::lock_guard lock(mutex_);
  cpu_seconds_before_ += stage_.cpu_seconds;
  frames_before_ += stage_.frames;
  return std::exchange(stage_, {});
}

JobMeter::Reading JobMeter::read() {
  const std::lock_guard lock(mutex_);
  Reading reading;
  reading.frames = frames_before_ + stage_.frames;
  reading.cpu_seconds = cpu_seconds_before_ + stage_.cpu_seconds;
  for (const auto& [worker, cpu_seconds_at_start] : at_work_) {
    const auto use = process_use(worker);
    if (!use) continue;
    reading.workers.push_back(worker);
    reading.cpu_seconds += std::max(0.0, use->cpu_seconds - cpu_seconds_at_start);
    reading.memory_mb += use->memory_mb;
  }
  // A task's own figure at its end is finer than the ticks it was read in, and a part that is done once more
  // gives its frames back.
  frames_read_ = std::max(frames_read_, reading.frames);
  cpu_seconds_read_ = std::max(cpu_seconds_read_, reading.cpu_seconds);
  reading.frames = frames_read_;
  reading.cpu_seconds = cpu_seconds_read_;
  return reading;
}

}  // namespace reeld::engine
