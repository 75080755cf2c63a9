#include "engine/job_progress.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace reeld::engine {
namespace {

using Clock = std::chrono::steady_clock;

// The share of the whole that each stage usually takes: nearly all is rendering.
struct StageShare {
  const char* name;
  double begin, end;  // percent
};
constexpr StageShare kShares[] = {{"creating_images", 0, 2},
                                  {"processing_audio", 2, 4},
                                  {"planning", 4, 6},
                                  {"rendering", 6, 96},
                                  {"encoding", 96, 100}};

// Four rows a second are enough for a progress bar and cheap for the database.
constexpr auto kReportInterval = std::chrono::milliseconds(250);

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

JobProgress::JobProgress(storage::Database& database, std::string job_id, EventSink sink)
    : database_(database), job_id_(std::move(job_id)), sink_(std::move(sink)) {}

void JobProgress::begin(const std::string& name) {
  const std::lock_guard lock(mutex_);
  stage_ = name;
  stage_started_ = Clock::now();
  figures_ = {};
  for (const StageShare& share : kShares) {
    if (share.name != name) continue;
    stage_begin_ = share.begin;
    stage_end_ = share.end;
  }
  if (auto begun = database_.begin_stage(job_id_, name); !begun) {
    spdlog::error("job={} stage={} not recorded: {}", job_id_, name, begun.error().message);
  }
  tell("stage", {{"stage", name}});
  report(stage_begin_, Json::object(), true);
}

void JobProgress::end(const std::string& name, const std::optional<Error>& error) {
  const std::lock_guard lock(mutex_);
  if (auto ended = database_.end_stage(job_id_, name, error, meter_.take_stage()); !ended) {
    spdlog::error("job={} end of stage={} not recorded: {}", job_id_, name, ended.error().message);
  }
  spdlog::info("job={} stage={} seconds={:.3f} {}", job_id_, name, seconds_since(stage_started_),
               error ? "failed" : "done");
  // The next stage begins where this one ends, and tells so: each report is two commits, and the first frame
  // waits for all of them.
  if (!error && stage_end_ == 100) report(stage_end_, Json::object(), true);
}

void JobProgress::advance(double done) {
  const std::lock_guard lock(mutex_);
  report(stage_begin_ + (stage_end_ - stage_begin_) * std::clamp(done, 0.0, 1.0), Json::object(), false);
}

void JobProgress::advance_frames(std::int64_t frames, std::int64_t frames_before, std::int64_t frame_count) {
  const std::lock_guard lock(mutex_);
  const double elapsed = seconds_since(stage_started_);
  const auto made = static_cast<double>(frames - frames_before);
  meter_.set_frames(frames - frames_before);
  // The first frame is told at once: it is what a user waits for.
  const bool first = made > 0 && !figures_.frames_per_second;
  Json more = {{"frame", frames}, {"frames", frame_count}};
  if (made > 0 && elapsed > 0) {
    figures_.frames_per_second = made / elapsed;
    figures_.eta_seconds = static_cast<double>(frame_count - frames) * elapsed / made;
    more["fps"] = *figures_.frames_per_second;
    more["eta_seconds"] = *figures_.eta_seconds;
  }
  const double done = static_cast<double>(frames) / static_cast<double>(frame_count);
  report(stage_begin_ + (stage_end_ - stage_begin_) * done, more, first);
}

void JobProgress::tell(const std::string& type, const Json& body) {
  auto event = database_.append_event(job_id_, type, body);
  if (!event) {
    spdlog::error("job={} event={} not recorded: {}", job_id_, type, event.error().message);
    // Sequence 0 marks an event that the record does not have.
    sink_(storage::Event{job_id_, 0, storage::now_us(), type, body});
    return;
  }
  sink_(*event);
}

Result<void> JobProgress::warn(const std::string& message, const std::string& path) {
  const Json body = {{"message", message}, {"path", path}};
  auto recorded = database_.add_warning(job_id_, body);
  tell("warning", body);
  return recorded;
}

LiveFigures JobProgress::figures() const {
  const std::lock_guard lock(mutex_);
  return figures_;
}

void JobProgress::report(double percent, const Json& more, bool always) {
  percent_ = std::max(percent_, percent);
  if (!always && Clock::now() - reported_ < kReportInterval) return;
  reported_ = Clock::now();
  if (auto set = database_.set_progress(job_id_, stage_, percent_); !set) {
    spdlog::error("job={} progress not recorded: {}", job_id_, set.error().message);
  }
  Json body = {{"stage", stage_}, {"percent", percent_}};
  body.update(more);
  tell("progress", body);
}

}  // namespace reeld::engine
