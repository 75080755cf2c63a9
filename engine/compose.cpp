#include "engine/compose.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>
#include <numeric>
#include <optional>
#include <set>
#include <thread>

#include "engine/files.hpp"
#include "engine/poster.hpp"
#include "engine/score/shown_pictures.hpp"
#include "engine/timeline.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

// One thing for one worker.
struct Part {
  Json task;
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

Part sound_part(const Composition& composition) {
  Json task = common_task(composition, "sound");
  task["out"] = composition.folder.sound().string();
  task["scores"] = composition.folder.sound_scores().string();
  return {task, 0};
}

// A picture is scored by the first run that shows it, which takes it out of `unscored`.
Part run_part(const Composition& composition, const std::vector<SegmentRange>& segments,
              const SegmentRun& run, std::set<std::size_t>& unscored) {
  Part part{common_task(composition, "render"), 0};
  const std::int64_t first = segments[run.first].first;
  const auto scene = static_cast<std::size_t>(visible_scenes(composition.plan, first).first);
  const auto picture = static_cast<std::size_t>(composition.plan.scenes[scene].picture);
  part.task["first"] = first;
  part.task["first_picture"] =
      (composition.tools.data_dir / composition.plan.pictures[picture].file).string();
  part.task["encoder"] = composition.choice.at("encoder");
  part.task["threads"] = composition.tools.executor.threads_per_slot();
  for (std::size_t i = run.first; i < run.first + run.count; ++i) {
    part.task["segments"].push_back(
        {{"frames", segments[i].count},
         {"out", composition.folder.segment(segments[i].first, segments[i].count).string()}});
    part.frames += segments[i].count;
  }
  part.task["unscored"] = Json::array();
  for (const std::size_t shown : visible_pictures(composition.plan, first, part.frames)) {
    if (unscored.erase(shown) == 0) continue;
    const auto scores = composition.folder.picture_scores(composition.plan.pictures[shown].sha256);
    part.task["unscored"].push_back({{"picture", shown}, {"out", scores.string()}});
  }
  const std::int64_t poster = poster_frame(composition.plan);
  if (poster >= first && poster < first + part.frames) part.task["poster"] = composition.folder.poster();
  return part;
}

}  // namespace

std::vector<SegmentRange> segments_of(const Composition& composition) {
  return split_into_segments(composition.plan, composition.choice.at("segment_seconds").get<double>());
}

std::vector<bool> missing_segments(const Composition& composition,
                                   const std::vector<SegmentRange>& segments) {
  std::vector<bool> missing;
  for (const SegmentRange& segment : segments)
    missing.push_back(!fs::exists(composition.folder.segment(segment.first, segment.count)));
  return missing;
}

Result<Rendered> render_parts(const Composition& composition, JobProgress& progress) {
  const std::vector<SegmentRange> segments = segments_of(composition);
  const std::vector<bool> missing = missing_segments(composition, segments);
  std::int64_t frames_before = 0;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (!missing[i]) frames_before += segments[i].count;
  }
  const bool with_sound = composition.plan.has_sound() && !(fs::exists(composition.folder.sound()) &&
                                                            fs::exists(composition.folder.sound_scores()));
  std::set<std::size_t> unscored = unscored_pictures(composition);
  std::vector<Part> parts;
  if (with_sound) parts.push_back(sound_part(composition));
  for (const SegmentRun& run :
       runs_of(segments, missing, composition.plan.output.fps, composition.tools.segment_seconds,
               composition.tools.executor.slots())) {
    parts.push_back(run_part(composition, segments, run, unscored));
  }
  const auto started = std::chrono::steady_clock::now();
  PartQueue queue(composition, progress, parts, frames_before);
  std::vector<std::thread> lanes;
  // One for each slot, and one for the sound, which is the first part.
  const std::size_t lane_count = std::min<std::size_t>(
      parts.size(), static_cast<std::size_t>(composition.tools.executor.slots()) + (with_sound ? 1 : 0));
  for (std::size_t i = 0; i < lane_count; ++i) lanes.emplace_back([&] { queue.work(); });
  for (std::thread& lane : lanes) lane.join();
  if (queue.error()) return *queue.error();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return Rendered{seconds > 0 ? static_cast<double>(composition.plan.frame_count - frames_before) / seconds
                              : 0};
}

Result<Joined> join_parts(const Composition& composition, JobProgress& progress) {
  Json task = common_task(composition, "join");
  task["segments"] = Json::array();
  task["frame_counts"] = Json::array();
  task["sound"] = composition.plan.has_sound() ? composition.folder.sound().string() : "";
  task["out"] = unfinished_film(composition.job.target, composition.job.id).string();
  task["poster"] = composition.folder.poster();
  for (const SegmentRange& segment : segments_of(composition)) {
    task["segments"].push_back(composition.folder.segment(segment.first, segment.count).string());
    task["frame_counts"].push_back(segment.count);
  }
  REELD_ASSIGN(const Json made,
               progress.meter().run(composition.tools.executor, task, nullptr, composition.cancelled).result);
  Joined joined{made.at("facts"), {}};
  if (made.contains("scores")) {
    REELD_ASSIGN(joined.scores, scores_from_json(made));
  }
  return joined;
}

}  // namespace reeld::engine
