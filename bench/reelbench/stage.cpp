#include "bench/reelbench/stage.hpp"

#include <signal.h>
#include <sys/prctl.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <iostream>
#include <iterator>
#include <vector>

#include "base/temporary_folder.hpp"
#include "bench/reelbench/process_tree.hpp"
#include "bench/reelbench/raw_frames.hpp"
#include "bench/reelbench/standard_job.hpp"
#include "engine/compose.hpp"
#include "engine/device_choice.hpp"
#include "engine/files.hpp"
#include "engine/render.hpp"
#include "engine/reuse/segments.hpp"
#include "engine/score/film_scores.hpp"
#include "engine/service.hpp"
#include "providers/local/subprocess.hpp"

namespace reeld::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using engine::SegmentRange;
using SegmentWork = std::function<Result<void>(const SegmentRange&)>;

// Far above what any stage takes: a day of film at a frame a second.
constexpr std::chrono::hours kStageLimit{24};

// `folder` is for coded segments, and the caller's: a child that is killed leaves nothing.
Json to_json(const StageTask& task, const fs::path& folder) {
  return {{"stage", task.stage},        {"folder", folder.string()},
          {"request", task.request},    {"inputs", task.inputs.string()},
          {"slots", task.layout.slots}, {"threads_per_slot", task.layout.threads_per_slot},
          {"frames", task.frames}};
}

StageTask task_from(const Json& json) {
  return {json.at("stage").get<std::string>(),
          json.at("request"),
          json.at("inputs").get<std::string>(),
          {json.at("slots").get<int>(), json.at("threads_per_slot").get<int>()},
          json.at("frames").get<std::string>()};
}

// Every slot takes each slots-th run: the runs are of about one length.
Result<void> for_segments(const std::vector<SegmentRange>& segments, int slots, const SegmentWork& work) {
  const auto step = static_cast<std::size_t>(slots);
  std::vector<std::future<Result<void>>> lanes;
  for (std::size_t lane = 0; lane < std::min(step, segments.size()); ++lane) {
    lanes.push_back(std::async(std::launch::async, [&, lane]() -> Result<void> {
      for (std::size_t i = lane; i < segments.size(); i += step) REELD_TRY(work(segments[i]));
      return {};
    }));
  }
  Result<void> all;
  for (auto& lane : lanes) {
    if (auto done = lane.get(); !done && all) all = done;
  }
  return all;
}

// What the stages share, settled before the clock starts.
struct Stage {
  StageTask task;
  engine::Plan plan;
  std::unique_ptr<RawFrames> frames;
  std::shared_ptr<kernels::Device> device;  // as the engine gives it: it may be open already
  fs::path folder;                          // coded segments
};

Result<void> render_segment(const Stage& stage, const SegmentRange& range, RawFrames* keep) {
  const engine::FrameRun run{stage.task.inputs, range.first, range.count, stage.task.layout.threads_per_slot};
  const FrameShape& shape = stage.frames->shape();
  const auto source = engine::FrameSource::in_memory(shape.format, shape.width, shape.height);
  const auto writer = open_raw_writer(keep, range.first);
  return engine::render_frames(stage.plan, run, *stage.device, source, *writer, [](std::int64_t) {});
}

Result<void> encode_segment(const Stage& stage, const SegmentRange& range) {
  const engine::OutputSpec& output = stage.plan.output;
  REELD_ASSIGN(const auto input, engine::EncoderInput::open(output, output.encoder, nullptr));
  REELD_ASSIGN(const auto writer, engine::open_segment(stage.folder / (std::to_string(range.first) + ".mp4"),
                                                       output, input, stage.task.layout.threads_per_slot));
  for (std::int64_t i = 0; i < range.count; ++i) {
    REELD_ASSIGN(engine::EncoderFrame frame, input.frames().next());
    REELD_TRY(stage.frames->read(range.first + i, frame.view()));
    REELD_TRY(writer->write(std::move(frame)));
  }
  return writer->finish();
}

// The film's segments that lie in the range.
struct CodedSegments {
  std::vector<fs::path> files;
  std::vector<std::int64_t> frame_counts;
};
CodedSegments coded_segments(const Stage& stage, const SegmentRange& range) {
  CodedSegments coded;
  for (const SegmentRange& segment : engine::split_into_segments(stage.plan, engine::kSegmentSeconds)) {
    if (segment.first < range.first || segment.first >= range.first + range.count) continue;
    coded.files.push_back(stage.folder / (std::to_string(segment.first) + ".mp4"));
    coded.frame_counts.push_back(segment.count);
  }
  return coded;
}

// As a worker renders a run of segments.
Result<void> render_and_code(const Stage& stage, const SegmentRange& range) {
  const engine::FrameRun run{stage.task.inputs, range.first, range.count, stage.task.layout.threads_per_slot};
  const CodedSegments coded = coded_segments(stage, range);
  std::vector<engine::SegmentFile> segments;
  for (std::size_t i = 0; i < coded.files.size(); ++i)
    segments.push_back({coded.frame_counts[i], coded.files[i]});
  return engine::render_segments(stage.plan, run, segments, stage.plan.output.encoder, *stage.device,
                                 [](std::int64_t) {});
}

Result<SegmentWork> work_of(const Stage& stage) {
  if (stage.task.stage == "keep") {
    return SegmentWork([&](const SegmentRange& r) { return render_segment(stage, r, stage.frames.get()); });
  }
  if (stage.task.stage == "render") {
    return SegmentWork([&](const SegmentRange& r) { return render_segment(stage, r, nullptr); });
  }
  if (stage.task.stage == "encode") {
    return SegmentWork([&](const SegmentRange& r) { return encode_segment(stage, r); });
  }
  if (stage.task.stage == "plain" || stage.task.stage == "scored") {
    return SegmentWork([&](const SegmentRange& r) { return render_and_code(stage, r); });
  }
  return Error{Code::invalid_request, "there is no stage " + stage.task.stage};
}

// What the engine gives its workers in one go.
std::vector<SegmentRange> run_ranges(const Stage& stage) {
  const auto segments = engine::split_into_segments(stage.plan, engine::kSegmentSeconds);
  std::vector<SegmentRange> ranges;
  for (const engine::SegmentRun& run :
       engine::runs_of(segments, std::vector<bool>(segments.size(), true), stage.plan.output.fps,
                       engine::ServiceOptions().segment_seconds, stage.task.layout.slots)) {
    SegmentRange range{segments[run.first].first, 0};
    for (std::size_t i = run.first; i < run.first + run.count; ++i) range.count += segments[i].count;
    ranges.push_back(range);
  }
  return ranges;
}

Result<Json> measure(const Stage& stage) {
  REELD_ASSIGN(const SegmentWork work, work_of(stage));
  const std::vector<SegmentRange> segments = run_ranges(stage);
  const double cpu = own_cpu_seconds(), machine = machine_cpu_seconds();
  const double gpu = stage.device->usage().gpu_seconds;
  const auto started = Clock::now();
  REELD_TRY(for_segments(segments, stage.task.layout.slots, work));
  if (stage.task.stage == "scored") {
    const CodedSegments coded = coded_segments(stage, {0, stage.plan.frame_count});
    if (score_film(stage.plan, coded.files, coded.frame_counts).scores.empty()) {
      return Error{Code::internal, "the film has no scores"};
    }
  }
  const double wall = std::chrono::duration<double>(Clock::now() - started).count();
  const double cpu_seconds = own_cpu_seconds() - cpu;
  return Json{{"wall_seconds", wall},
              {"cpu_seconds", cpu_seconds},
              {"gpu_seconds", stage.device->usage().gpu_seconds - gpu},
              {"peak_memory_mb", own_peak_memory_mb()},
              {"other_cpu_seconds", std::max(0.0, machine_cpu_seconds() - machine - cpu_seconds)},
              {"frames", stage.plan.frame_count}};
}

Result<Json> do_stage(const StageTask& task, const fs::path& folder) {
  Stage stage{task, {}, nullptr, nullptr, folder};
  REELD_ASSIGN(stage.plan, plan_of(task.request, task.inputs));
  const engine::OutputSpec& output = stage.plan.output;
  stage.plan.score = task.stage == "scored";
  if (!task.frames.empty()) {
    // Software encoders take yuv420p, hardware ones nv12, either p010 of 10 bits.
    REELD_ASSIGN(const auto input, engine::EncoderInput::open(output, output.encoder, nullptr));
    const kernels::PixelFormat format = input.frames().pixel_format();
    REELD_ASSIGN(stage.frames, RawFrames::open(task.frames, {format, output.width, output.height}));
  }
  REELD_ASSIGN(stage.device, engine::device_named(output.device));
  return measure(stage);
}

}  // namespace

Result<Json> run_stage(const StageTask& task, const std::atomic<bool>& cancelled) {
  std::error_code ignored;
  const TemporaryFolder folder;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path() / "reelbench";
  REELD_ASSIGN(const auto finished,
               providers::run_program({program.string(), "stage"}, to_json(task, folder.path()).dump(),
                                      kStageLimit, [&] { return cancelled.load(); }));
  const Json answer = Json::parse(finished.out, nullptr, false);
  if (!answer.is_object()) {
    return Error{Code::worker_died, "the stage " + task.stage + " ended with exit status " +
                                        std::to_string(finished.exit_code) + ": " + finished.err};
  }
  if (answer.contains("error")) return engine::error_from_json(answer.at("error"));
  return answer;
}

int stage_main() {
  // It runs in a process group of its own, which a terminal's Ctrl-C does not reach.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const Json json = Json::parse(std::string{std::istreambuf_iterator<char>(std::cin), {}}, nullptr, false);
  Result<Json> answer = Error{Code::invalid_request, "the stage's task is no JSON"};
  try {
    answer = do_stage(task_from(json), json.at("folder").get<std::string>());
  } catch (const std::exception& error) {
    answer = Error{Code::internal, std::string("the stage failed: ") + error.what()};
  }
  std::cout << (answer ? *answer : Json{{"error", engine::to_json(answer.error())}}).dump() << std::endl;
  return answer ? 0 : 1;
}

}  // namespace reeld::bench
