// What a job's tasks take in the workers: counted stage by stage at the tasks' ends, and readable while they
// run. Any thread.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/executor.hpp"
#include "storage/job_records.hpp"

namespace reeld::engine {

class JobMeter {
 public:
  // As Executor::run; what the task takes counts for the running stage.
  TaskOutcome run(Executor& executor, const nlohmann::json& task, const TaskEvents& on_event,
                  const std::atomic<bool>& cancelled);
  // So many frames have been rendered in the running stage.
  void set_frames(std::int64_t frames);

  // What the stage that ends now took; the next one begins with nothing.
  storage::StageUse take_stage();

  // The first two count from the meter's making, and never go back.
  struct Reading {
    std::int64_t frames = 0;
    double cpu_seconds = 0;      // of tasks that ended, and of those that run so far
    double memory_mb = 0;        // resident, of the workers at work
    std::vector<pid_t> workers;  // which these are
  };
  Reading read();

 private:
  std::mutex mutex_;
  storage::StageUse stage_;          // the running one
  double cpu_seconds_before_ = 0;    // of the stages before it
  std::int64_t frames_before_ = 0;   // likewise
  std::map<pid_t, double> at_work_;  // with the CPU seconds that each had used at its task's start
  double cpu_seconds_read_ = 0;      // the last reading's
  std::int64_t frames_read_ = 0;
};

}  // namespace reeld::engine
