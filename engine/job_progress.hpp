// How far a job is: one percentage over all its stages that never goes back, frames per second, time left;
// and what its tasks took so far. Written by the job's threads, read by the service; tells the database and
// the subscribers a few times a second.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "engine/job_meter.hpp"
#include "engine/request.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

// Takes every event that a job makes, from any thread.
using EventSink = std::function<void(const storage::Event&)>;

struct LiveFigures {
  std::optional<double> frames_per_second, eta_seconds;
};

class JobProgress {
 public:
  JobProgress(storage::Database& database, std::string job_id, EventSink sink);

  // Begins a stage, tells it, runs `work`, and records its end or its error.
  template <class Work>
  auto stage(const std::string& name, Work work) {
    begin(name);
    auto result = work();
    end(name, result ? std::nullopt : std::optional<Error>(result.error()));
    return result;
  }

  // Done of the running stage, 0..1.
  void advance(double done);
  // Frames done of the running stage, which began with `frames_before` of them made in an earlier life.
  void advance_frames(std::int64_t frames, std::int64_t frames_before, std::int64_t frame_count);

  // Records and tells an event. What the database will not take is told all the same.
  void tell(const std::string& type, const Json& body);

  // Into the job's warnings, and told. `path`: of the request's field, or empty. Any thread.
  Result<void> warn(const std::string& message, const std::string& path);

  LiveFigures figures() const;

  // The job's tasks run by it; a stage's end takes what they took.
  JobMeter& meter() { return meter_; }

 private:
  void begin(const std::string& name);
  void end(const std::string& name, const std::optional<Error>& error);
  void report(double percent, const Json& more, bool always);

  storage::Database& database_;
  const std::string job_id_;
  const EventSink sink_;
  mutable std::mutex mutex_;
  std::string stage_;
  double stage_begin_ = 0, stage_end_ = 0, percent_ = 0;
  std::chrono::steady_clock::time_point stage_started_{}, reported_{};
  LiveFigures figures_;
  JobMeter meter_;
};

}  // namespace reeld::engine
