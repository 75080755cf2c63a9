#include "engine/compose.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>
#include <numeric>
#include <optional>
#include <thread>

#include "engine/files.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

// One thing for one worker.
struct Part {
  Json task;
  fs::path out;
  std::int64_t frames = 0;  // 0 for the sound
};

// The parts of a job, shared by the lanes that work them off.
class PartQueue {
 public:
  PartQueue(const Composition& composition, JobProgress& progress, std::vector<Part> parts,
            std::int64_t frames_before)
      : composition_(composition),
        progress_(progress),
        parts_(std::move(parts)),
        frames_of_(parts_.size(), 0),
        frames_before_(frames_before) {}

  // Works until nothing is left or something failed; several threads at once.
  void work() {
    while (true) {
      std::size_t index;
      {
        const std::lock_guard lock(mutex_);
        if (error_ || next_ == parts_.size()) return;
        index = next_++;
      }
      TaskOutcome outcome = run(index);
      if (!outcome.result && outcome.result.error().code == Code::worker_died && !composition_.cancelled) {
        spdlog::warn("job={} {}; trying once more", composition_.job.id, outcome.result.error().message);
        outcome = run(index);
      }
      const std::lock_guard lock(mutex_);
      if (!outcome.result && !error_) error_ = outcome.result.error();
    }
  }

  const std::optional<Error>& error() const { return error_; }

 private:
  TaskOutcome run(std::size_t index) {
    const auto on_event = [&](const Json& event) {
      if (parts_[index].frames == 0) return;
      const std::lock_guard lock(mutex_);
      frames_of_[index] = static_cast<std::int64_t>(event.value("done", 0.0));
      progress_.advance_frames(
          frames_before_ + std::accumulate(frames_of_.begin(), frames_of_.end(), std::int64_t{0}),
          frames_before_, composition_.plan.frame_count);
    };
    TaskOutcome outcome = progress_.meter().run(composition_.tools.executor, parts_[index].task, on_event,
                                                composition_.cancelled);
    if (outcome.result) on_event({{"done", static_cast<double>(parts_[index].frames)}});
    return outcome;
  }

  const Composition& composition_;
  JobProgress& progress_;
  const std::vector<Part> parts_;
  std::vector<std::int64_t> frames_of_;
  const std::int64_t frames_before_;
  std::mutex mutex_;
  std::size_t next_ = 0;
  std::optional<Error> error_;
};

Json common_task(const Composition& composition, const char* kind) {
  return {{"task", kind},
          {"data_dir", composition.tools.data_dir.string()},
          {"plan", composition.folder.plan().string()},
          {"device", composition.choice.at("device")}};
}

std::vector<Part> all_parts(const Composition& composition) {
  std::vector<Part> parts;
  if (composition.plan.has_sound()) {
    Json task = common_task(composition, "sound");
    task["out"] = composition.folder.sound().string();
    parts.push_back({task, composition.folder.sound(), 0});
  }
  const auto ranges = split_into_segments(
      composition.plan, composition.choice.value("segment_seconds", composition.tools.segment_seconds));
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    Json task = common_task(composition, "render");
    task["first"] = ranges[i].first;
    task["count"] = ranges[i].count;
    task["out"] = composition.folder.segment(i).string();
    task["encoder"] = composition.choice.at("encoder");
    task["threads"] = composition.tools.executor.threads_per_slot();
    parts.push_back({task, composition.folder.segment(i), ranges[i].count});
  }
  return parts;
}

}  // namespace

double segment_length(const Plan& plan, double wanted, int slots) {
  constexpr double kShortest = 2;  // an encoder begins anew in each
  const double fps = static_cast<double>(plan.output.fps.num) / static_cast<double>(plan.output.fps.den);
  const double film = static_cast<double>(plan.frame_count) / fps;
  return std::min(wanted, std::max(kShortest, film / slots));
}

std::vector<SegmentRange> split_into_segments(const Plan& plan, double seconds) {
  const double fps = static_cast<double>(plan.output.fps.num) / static_cast<double>(plan.output.fps.den);
  const auto wanted = std::max<std::int64_t>(1, std::llround(seconds * fps));
  const std::int64_t parts = std::max<std::int64_t>(1, (plan.frame_count + wanted / 2) / wanted);
  std::vector<SegmentRange> ranges;
  for (std::int64_t i = 0; i < parts; ++i) {
    const std::int64_t first = plan.frame_count * i / parts;
    ranges.push_back({first, plan.frame_count * (i + 1) / parts - first});
  }
  return ranges;
}

Result<Rendered> render_parts(const Composition& composition, JobProgress& progress) {
  std::vector<Part> missing;
  std::int64_t frames_before = 0;
  for (Part& part : all_parts(composition)) {
    if (fs::exists(part.out)) {
      frames_before += part.frames;
    } else {
      missing.push_back(std::move(part));
    }
  }
  const auto started = std::chrono::steady_clock::now();
  PartQueue queue(composition, progress, missing, frames_before);
  std::vector<std::thread> lanes;
  // One for each slot, and one for the sound, which is the first part.
  const bool with_sound = !missing.empty() && missing.front().frames == 0;
  const std::size_t lane_count = std::min<std::size_t>(
      missing.size(), static_cast<std::size_t>(composition.tools.executor.slots()) + (with_sound ? 1 : 0));
  for (std::size_t i = 0; i < lane_count; ++i) lanes.emplace_back([&] { queue.work(); });
  for (std::thread& lane : lanes) lane.join();
  if (queue.error()) return *queue.error();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return Rendered{seconds > 0 ? static_cast<double>(composition.plan.frame_count - frames_before) / seconds
                              : 0};
}

Result<Json> join_parts(const Composition& composition, const fs::path& poster, JobProgress& progress) {
  std::error_code error;
  fs::create_directories(poster.parent_path(), error);
  if (error)
    return file_error(error.value(), "cannot make " + poster.parent_path().string(), Code::target_unwritable);
  Json task = common_task(composition, "join");
  task["segments"] = Json::array();
  task["frame_counts"] = Json::array();
  task["sound"] = composition.plan.has_sound() ? composition.folder.sound().string() : "";
  task["out"] = unfinished_film(composition.job.target, composition.job.id).string();
  task["poster"] = poster.string();
  for (const Part& part : all_parts(composition)) {
    if (part.frames == 0) continue;
    task["segments"].push_back(part.out.string());
    task["frame_counts"].push_back(part.frames);
  }
  return progress.meter().run(composition.tools.executor, task, nullptr, composition.cancelled).result;
}

}  // namespace reeld::engine
