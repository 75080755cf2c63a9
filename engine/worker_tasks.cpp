#include <cmath>
#include <map>
#include <optional>

#include "engine/contact_sheet.hpp"
#include "engine/device_choice.hpp"
#include "engine/encoder.hpp"
#include "engine/files.hpp"
#include "engine/film_likeness.hpp"
#include "engine/kept_picture.hpp"
#include "engine/low_priority.hpp"
#include "engine/nvml.hpp"
#include "engine/picture.hpp"
#include "engine/picture_ahead.hpp"
#include "engine/picture_tasks.hpp"
#include "engine/plan_file.hpp"
#include "engine/poster.hpp"
#include "engine/render.hpp"
#include "engine/reuse/program_identity.hpp"
#include "engine/score/fidelity_tasks.hpp"
#include "engine/score/film_scores.hpp"
#include "engine/score/loaded_pictures.hpp"
#include "engine/score/picture_task.hpp"
#include "engine/score/report_pictures.hpp"
#include "engine/side_by_side.hpp"
#include "engine/sound.hpp"
#include "engine/text.hpp"
#include "engine/worker.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

Error at(Error error, const Json& item) {
  error.path = item.value("path", "") + error.path;
  return error;
}

Json to_json(const std::vector<EncoderTrial>& trials) {
  Json json = Json::array();
  for (const EncoderTrial& trial : trials) json.push_back({{"name", trial.name}, {"why_not", trial.why_not}});
  return json;
}

// What pictures and sounds measure; the first that is none is named with its field.
Result<Json> measure(const Json& task, const TaskProgress& progress) {
  const fs::path data_dir = task.at("data_dir").get<std::string>();
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
  return Json{{"pictures", pictures}, {"sounds", sounds}};
}

// Looks into everything a job brings before anything is rendered: the first thing that is wrong is named with
// its field.
Result<Json> inspect(const Json& task, const TaskProgress& progress) {
  REELD_ASSIGN(const OutputSpec output, output_from_json(task.at("output")));
  REELD_ASSIGN(const auto device, device_named(output.device));
  REELD_ASSIGN(const EncoderChoice choice,
               choose_encoder(output, task.value("encoder_order", std::vector<std::string>{}), device.get()));
  for (const Json& font : task.at("fonts")) {
    if (auto found = check_font(font.at("family").get<std::string>()); !found) return at(found.error(), font);
  }
  REELD_ASSIGN(Json found, measure(task, progress));
  found["encoder"] = choice.name;
  found["encoder_trials"] = to_json(choice.failed);
  found["device"] = kernels::device_kind_name(device->info().kind);
  found["program"] = program_identity();
  found["fonts"] = task.at("draws_text").get<bool>() ? fonts_identity() : "";
  return found;
}

Result<Json> render(const Json& task, const TaskProgress& progress) {
  REELD_ASSIGN(const Plan plan, read_plan(task.at("plan").get<std::string>()));
  REELD_ASSIGN(const auto device, device_named(task.at("device").get<std::string>()));
  FrameRun run{task.at("data_dir").get<std::string>(),
               task.at("first").get<std::int64_t>(),
               0,
               task.at("threads").get<int>(),
               &kept_picture(),
               task.value("poster", std::string())};
  kept_picture().use(device);
  LoadedPictures::Files unscored;
  for (const Json& picture : task.at("unscored")) {
    unscored.emplace(picture.at("picture").get<std::size_t>(), picture.at("out").get<std::string>());
  }
  std::optional<LoadedPictures> scoring;
  if (!unscored.empty()) {
    scoring.emplace(device, std::move(unscored));
    run.picture_loaded = [&](std::size_t picture, Picture pixels) {
      scoring->offer(picture, std::move(pixels));
    };
  }
  std::vector<SegmentFile> segments;
  for (const Json& segment : task.at("segments")) {
    segments.push_back({segment.at("frames").get<std::int64_t>(), segment.at("out").get<std::string>()});
    run.count += segments.back().frame_count;
  }
  REELD_TRY(render_segments(plan, run, segments, task.at("encoder").get<std::string>(), *device,
                            [&](std::int64_t frames) {
                              progress(static_cast<double>(frames), static_cast<double>(run.count));
                              if (scoring) scoring->begin();
                            }));
  return Json{{"frames", run.count}};
}

// Makes the track where it is not there yet; one that is there is only scored.
Result<Json> sound(const Json& task, const TaskProgress& progress) {
  REELD_ASSIGN(const Plan plan, read_plan(task.at("plan").get<std::string>()));
  const fs::path data_dir = task.at("data_dir").get<std::string>();
  const fs::path track = task.at("out").get<std::string>();
  const auto report = [&](double done) {
    progress(done, 1.0);
    return true;
  };
  Json result = Json::object();
  if (fs::exists(track)) {
    REELD_ASSIGN(const Scores scores, score_sound(plan, data_dir, track, report));
    result = to_json(scores);
  } else {
    REELD_ASSIGN(const SoundResult made, make_sound(plan, data_dir, track, report));
    result = to_json(made.scores);
    // Silence has no loudness; JSON has no infinity.
    const auto decibels = [](double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); };
    result["loudness_lufs"] = decibels(made.loudness_lufs);
    result["true_peak_db"] = decibels(made.true_peak_db);
  }
  REELD_TRY(write_text(task.at("scores").get<std::string>(), result.dump()));
  return result;
}

Result<Json> join(const Json& task, const TaskProgress&) {
  REELD_ASSIGN(const Plan plan, read_plan(task.at("plan").get<std::string>()));
  std::vector<fs::path> segments;
  for (const Json& segment : task.at("segments")) segments.emplace_back(segment.get<std::string>());
  const fs::path out = task.at("out").get<std::string>();
  const auto frame_counts = task.at("frame_counts").get<std::vector<std::int64_t>>();
  REELD_TRY(join_segments(segments, frame_counts, task.at("sound").get<std::string>(), plan.output,
                          plan.title, out));
  REELD_ASSIGN(const VideoFacts facts, probe_video(out));

  // Where its frame was rendered now, it is there.
  const fs::path poster = task.at("poster").get<std::string>();
  if (!fs::exists(poster)) {
    REELD_ASSIGN(const auto device, device_named(task.at("device").get<std::string>()));
    REELD_ASSIGN(const auto still,
                 render_still(plan, task.at("data_dir").get<std::string>(), poster_frame(plan), *device));
    REELD_TRY(write_poster(plan.output, still, poster));
  }
  Json made = {{"facts", to_json(facts)}};
  if (plan.score) made.update(to_json(score_film(plan, segments, frame_counts)));
  return made;
}

Result<Json> contact_sheet(const Json& task, const TaskProgress& progress) {
  std::vector<SheetFilm> films;
  for (const Json& film : task.at("films")) {
    films.push_back({film.at("file").get<std::string>(), film.at("label").get<std::string>(),
                     film.at("width").get<int>(), film.at("height").get<int>(),
                     film.at("duration_seconds").get<double>()});
  }
  REELD_ASSIGN(const SheetFacts made,
               make_contact_sheet(films, task.at("columns").get<int>(), task.at("out").get<std::string>(),
                                  task.at("as").get<std::string>(), progress));
  return Json{{"width", made.width}, {"height", made.height}};
}

Result<Json> side_by_side(const Json& task, const TaskProgress& progress) {
  SideBySide wanted;
  for (const Json& film : task.at("films")) {
    wanted.films.push_back({film.at("file").get<std::string>(), film.at("label").get<std::string>()});
  }
  wanted.title = task.at("title").get<std::string>();
  wanted.encoder_order = task.at("encoder_order").get<std::vector<std::string>>();
  wanted.threads = task.at("threads").get<int>();
  wanted.scratch = task.at("scratch").get<std::string>();
  wanted.out = task.at("out").get<std::string>();
  REELD_ASSIGN(const SideBySideFacts made, make_side_by_side(wanted, progress));
  return Json{{"video", to_json(made.video)},
              {"columns", made.grid.columns},
              {"rows", made.grid.rows},
              {"encoder", made.encoder}};
}

Result<Json> likeness(const Json& task, const TaskProgress& progress) {
  const auto total = task.at("frame_count").get<double>();
  REELD_ASSIGN(
      const Likeness measured,
      measure_likeness(task.at("film").get<std::string>(), task.at("reference").get<std::string>(),
                       task.at("threads").get<int>(), [&](double frames) { progress(frames, total); }));
  return Json{{"ssim", measured.ssim}, {"psnr", measured.psnr}};
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

Json known(const std::optional<double>& figure) {
  return figure ? Json(*figure) : Json(nullptr);
}

Result<Json> gpu_use(const Json& task, const TaskProgress&) {
  // Stays loaded, since loading takes longer than reading.
  static std::unique_ptr<Nvml> nvml;
  if (!nvml) {
    REELD_ASSIGN(nvml, Nvml::load(task.value("library", std::string(Nvml::kLibrary))));
  }
  REELD_ASSIGN(const auto gpus, nvml->read());
  Json rows = Json::array();
  for (const GpuUse& gpu : gpus) {
    Json processes = Json::array();
    for (const GpuProcessUse& process : gpu.processes) {
      processes.push_back({{"pid", process.pid},
                           {"gpu_percent", known(process.gpu_percent)},
                           {"encoder_percent", known(process.encoder_percent)},
                           {"memory_mb", known(process.memory_mb)}});
    }
    rows.push_back({{"gpu_percent", known(gpu.gpu_percent)},
                    {"encoder_percent", known(gpu.encoder_percent)},
                    {"memory_mb", known(gpu.memory_mb)},
                    {"processes", processes}});
  }
  return Json{{"gpus", rows}};
}

// Beside the rendering of frames, which must not wait for it.
template <Result<Json> (*task)(const Json&, const TaskProgress&)>
Result<Json> patiently(const Json& json, const TaskProgress& progress) {
  return at_low_priority([&] { return task(json, progress); });
}

}  // namespace

Result<Json> do_task(const Json& task, const TaskProgress& progress) {
  static const std::map<std::string, Result<Json> (*)(const Json&, const TaskProgress&)> kTasks = {
      {"inspect", inspect},
      {"measure", measure},
      {"gpu_use", gpu_use},
      {"picture_ahead", picture_ahead_task},
      {"render", render},
      {"sound", sound},
      {"join", join},
      {"contact_sheet", contact_sheet},
      {"side_by_side", side_by_side},
      {"likeness", likeness},
      {"report_pictures", report_pictures_task},
      {"fidelity", fidelity_task},
      {"quality_search", quality_search_task},
      {"palette", palette_task},
      {"picture", picture_task},
      {"fonts", fonts_task},
      {"score_pictures", patiently<score_pictures_task>},
      {"devices", devices}};
  try {
    const auto it = kTasks.find(task.at("task").get<std::string>());
    if (it == kTasks.end()) return Error{Code::internal, "a worker does not know the task " + task.dump()};
    auto done = it->second(task, progress);
    if (!done && done.error().code == Code::device_lost) {
      kept_picture().use(nullptr);
      forget_devices();
    }
    return done;
  } catch (const std::bad_alloc&) {
    return Error{Code::limit_exceeded, "the task needs more memory than there is"};
  } catch (const std::exception& error) {
    return Error{Code::internal, std::string("a worker's task failed: ") + error.what()};
  }
}

}  // namespace reeld::engine
