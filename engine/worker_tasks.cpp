#include <cmath>
#include <map>

#include "engine/device_choice.hpp"
#include "engine/encoder.hpp"
#include "engine/files.hpp"
#include "engine/picture.hpp"
#include "engine/plan.hpp"
#include "engine/render.hpp"
#include "engine/reuse/program_identity.hpp"
#include "engine/sound.hpp"
#include "engine/text.hpp"
#include "engine/worker.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

constexpr int kPosterQuality = 90;

Error at(Error error, const Json& item) {
  error.path = item.value("path", "") + error.path;
  return error;
}

Result<Plan> read_plan(const Json& task) {
  REELD_ASSIGN(const std::string text, read_text(task.at("plan").get<std::string>()));
  return plan_from_json(Json::parse(text, nullptr, false));
}

Json to_json(const std::vector<EncoderTrial>& trials) {
  Json json = Json::array();
  for (const EncoderTrial& trial : trials) json.push_back({{"name", trial.name}, {"why_not", trial.why_not}});
  return json;
}

// Looks into everything a job brings before anything is rendered: the first thing that is wrong is named with
// its field.
Result<Json> inspect(const Json& task, const TaskProgress& progress) {
  const fs::path data_dir = task.at("data_dir").get<std::string>();
  REELD_ASSIGN(const OutputSpec output, output_from_json(task.at("output")));
  REELD_ASSIGN(const auto device, device_named(output.device));
  REELD_ASSIGN(const EncoderChoice choice,
               choose_encoder(output, task.value("encoder_order", std::vector<std::string>{})));
  for (const Json& font : task.at("fonts")) {
    if (auto found = check_font(font.at("family").get<std::string>()); !found) return at(found.error(), font);
  }
  Json pictures = Json::array(), sounds = Json::array();
  const auto total = static_cast<double>(task.at("pictures").size() + task.at("sounds").size());
  for (const Json& item : task.at("pictures")) {
    const auto facts = inspect_picture(data_dir / item.at("file").get<std::string>());
    if (!facts) return at(facts.error(), item);
    pictures.push_back({{"width", facts->width}, {"height", facts->height}});
    progress(static_cast<double>(pictures.size()), total);
  }
  for (const Json& item : task.at("sounds")) {
    const auto facts = inspect_sound(data_dir / item.at("file").get<std::string>());
    if (!facts) return at(facts.error(), item);
    sounds.push_back({{"sample_count", facts->sample_count}});
    progress(static_cast<double>(pictures.size() + sounds.size()), total);
  }
  return Json{{"pictures", pictures},
              {"sounds", sounds},
              {"encoder", choice.name},
              {"encoder_trials", to_json(choice.failed)},
              {"device", kernels::device_kind_name(device->info().kind)},
              {"program", program_identity()},
              {"fonts", task.at("draws_text").get<bool>() ? fonts_identity() : ""}};
}

Result<Json> render(const Json& task, const TaskProgress& progress) {
  REELD_ASSIGN(const Plan plan, read_plan(task));
  REELD_ASSIGN(const auto device, device_named(task.at("device").get<std::string>()));
  FrameRun run{task.at("data_dir").get<std::string>(), task.at("first").get<std::int64_t>(), 0,
               task.at("threads").get<int>()};
  std::vector<SegmentFile> segments;
  for (const Json& segment : task.at("segments")) {
    segments.push_back({segment.at("frames").get<std::int64_t>(), segment.at("out").get<std::string>()});
    run.count += segments.back().frame_count;
  }
  REELD_TRY(render_segments(
      plan, run, segments, task.at("encoder").get<std::string>(), *device,
      [&](std::int64_t frames) { progress(static_cast<double>(frames), static_cast<double>(run.count)); }));
  return Json{{"frames", run.count}};
}

Result<Json> sound(const Json& task, const TaskProgress& progress) {
  REELD_ASSIGN(const Plan plan, read_plan(task));
  REELD_ASSIGN(const SoundResult made, make_sound(plan, task.at("data_dir").get<std::string>(),
                                                  task.at("out").get<std::string>(), [&](double done) {
                                                    progress(done, 1.0);
                                                    return true;
                                                  }));
  // Silence has no loudness; JSON has no infinity.
  const auto decibels = [](double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); };
  return Json{{"loudness_lufs", decibels(made.loudness_lufs)}, {"true_peak_db", decibels(made.true_peak_db)}};
}

Result<Json> join(const Json& task, const TaskProgress&) {
  REELD_ASSIGN(const Plan plan, read_plan(task));
  std::vector<fs::path> segments;
  for (const Json& segment : task.at("segments")) segments.emplace_back(segment.get<std::string>());
  const fs::path out = task.at("out").get<std::string>();
  REELD_TRY(join_segments(segments, task.at("frame_counts").get<std::vector<std::int64_t>>(),
                          task.at("sound").get<std::string>(), plan.output, plan.title, out));
  REELD_ASSIGN(const VideoFacts facts, probe_video(out));

  // The middle of the first scene's time alone: no transition, and its texts are there.
  const PlanScene& scene = plan.scenes.front();
  REELD_ASSIGN(const auto device, device_named(task.at("device").get<std::string>()));
  REELD_ASSIGN(const auto still,
               render_still(plan, task.at("data_dir").get<std::string>(),
                            (scene.frame_count - scene.transition.frame_count) / 2, *device));
  REELD_TRY(write_jpeg(task.at("poster").get<std::string>(), still.data(), plan.output.width,
                       plan.output.height, static_cast<std::size_t>(plan.output.width) * 3, kPosterQuality));
  return to_json(facts);
}

Result<Json> devices(const Json&, const TaskProgress&) {
  Json devices = Json::array(), encoders = Json::array();
  for (const kernels::DeviceInfo& info : kernels::list_devices()) {
    devices.push_back({{"kind", kernels::device_kind_name(info.kind)},
                       {"name", info.name},
                       {"memory_bytes", info.memory_bytes},
                       {"emulated", info.is_emulated},
                       {"available", info.why_not.empty()},
                       {"why_not", info.why_not}});
  }
  for (const char* codec : {"h264", "hevc", "av1"}) {
    OutputSpec output;
    output.codec = codec;
    const auto candidates = encoder_candidates(codec);
    for (const std::string& name : candidates) {
      // With the software encoder behind it, which opens, the choice says why this one did not.
      const auto choice = choose_encoder(output, {name, candidates.back()});
      const bool available = choice && choice->name == name;
      const bool explained = choice && !choice->failed.empty();
      encoders.push_back({{"name", name},
                          {"codec", codec},
                          {"available", available},
                          {"why_not", available   ? ""
                                      : explained ? choice->failed.front().why_not
                                                  : choice.error().message}});
    }
  }
  return Json{{"devices", devices}, {"encoders", encoders}};
}

}  // namespace

Result<Json> do_task(const Json& task, const TaskProgress& progress) {
  static const std::map<std::string, Result<Json> (*)(const Json&, const TaskProgress&)> kTasks = {
      {"inspect", inspect}, {"render", render}, {"sound", sound}, {"join", join}, {"devices", devices}};
  try {
    const auto it = kTasks.find(task.at("task").get<std::string>());
    if (it == kTasks.end()) return Error{Code::internal, "a worker does not know the task " + task.dump()};
    auto done = it->second(task, progress);
    if (!done && done.error().code == Code::device_lost) forget_devices();
    return done;
  } catch (const std::bad_alloc&) {
    return Error{Code::limit_exceeded, "the task needs more memory than there is"};
  } catch (const std::exception& error) {
    return Error{Code::internal, std::string("a worker's task failed: ") + error.what()};
  }
}

}  // namespace reeld::engine
