#include "engine/job.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <future>

#include "engine/compose.hpp"
#include "engine/done_share.hpp"
#include "engine/fetch.hpp"
#include "engine/files.hpp"
#include "engine/job_folder.hpp"
#include "engine/job_resources.hpp"
#include "engine/learned/learned_models.hpp"
#include "engine/obtain.hpp"
#include "engine/plan.hpp"
#include "engine/plan_file.hpp"
#include "engine/quality_choice.hpp"
#include "engine/resource_sampler.hpp"
#include "engine/reuse/job_reuse.hpp"
#include "engine/score/film_gate.hpp"
#include "engine/score/finished_film.hpp"
#include "engine/score/picture_gate.hpp"
#include "engine/sound_length.hpp"
#include "engine/word_times.hpp"
#include "storage/media.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using storage::JobStatus;

Result<void> make_folders(const JobFolder& folder) {
  for (const fs::path& path : {folder.scratch(), folder.segments()}) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error)
      return file_error(error.value(), "cannot make the job's folder " + path.string(),
                        Code::target_unwritable);
  }
  return {};
}

// Found out before any work: by making the very file that the film is written to.
Result<void> check_target(const storage::Job& job) {
  const fs::path target = job.target;
  std::error_code ignored;
  if (fs::is_directory(target, ignored)) {
    return Error{Code::target_unwritable, "the target " + job.target + " is a folder, not a file", "/target"};
  }
  auto made = write_text(unfinished_film(target, job.id), "");
  if (made) {
    fs::remove(unfinished_film(target, job.id), ignored);
    return {};
  }
  Error error = made.error();
  error.message = "the film cannot be written to " + job.target + ": " + error.message;
  error.path = "/target";
  return error;
}

Result<DiskSpace::Reservation> reserve_disk(const JobTools& tools, const storage::Job& job,
                                            const Request& request) {
  return tools.disk.reserve(disk_need(request), tools.data_dir, fs::path(job.target).parent_path());
}

Json fonts_of(const Request& request) {
  Json fonts = Json::array();
  for (std::size_t i = 0; i < request.scenes.size(); ++i) {
    for (std::size_t k = 0; k < request.scenes[i].text.size(); ++k) {
      fonts.push_back({{"family", request.scenes[i].text[k].font},
                       {"path", "/scenes/" + std::to_string(i) + "/text/" + std::to_string(k) + "/font"}});
    }
  }
  return fonts;
}

Json inspection(const JobTools& tools, const Request& request, const std::vector<storage::Asset>& pictures,
                const FetchedSounds& sounds) {
  Json task = {{"task", "inspect"},
               {"data_dir", tools.data_dir.string()},
               {"pictures", Json::array()},
               {"sounds", Json::array()},
               {"fonts", fonts_of(request)},
               {"output", to_json(request.output)},
               {"encoder_order", tools.encoder_order},
               {"draws_text", std::ranges::any_of(request.scenes, [](const SceneSpec& scene) {
                  return !scene.text.empty() || scene.captions;
                })}};
  const auto item = [](const storage::Asset& asset, const std::string& path) {
    return Json{{"file", asset.file}, {"path", path + (asset.provider == "file" ? "/file" : "")}};
  };
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    task["pictures"].push_back(item(pictures[i], "/scenes/" + std::to_string(i) + "/picture"));
  }
  for (std::size_t i = 0; i < sounds.speech.size(); ++i) {
    if (sounds.speech[i]) {
      task["sounds"].push_back(item(*sounds.speech[i], "/scenes/" + std::to_string(i) + "/speech"));
    }
  }
  if (sounds.music) task["sounds"].push_back(item(*sounds.music, "/music"));
  return task;
}

// The inspection's answer, in the order in which it was asked.
Facts facts_from(const Json& found, const std::vector<storage::Asset>& pictures,
                 const FetchedSounds& sounds) {
  Facts facts;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const Json& size = found.at("pictures").at(i);
    facts.pictures.push_back(
        {pictures[i].sha256, pictures[i].file, size.at("width").get<int>(), size.at("height").get<int>(), 0});
  }
  std::size_t next = 0;
  const auto sound = [&](const storage::Asset& asset) {
    return PlanAsset{asset.sha256, asset.file, 0, 0,
                     found.at("sounds").at(next++).at("sample_count").get<std::int64_t>()};
  };
  for (const auto& speech : sounds.speech) {
    facts.speech.push_back(speech ? std::optional(sound(*speech)) : std::nullopt);
  }
  if (sounds.music) facts.music = sound(*sounds.music);
  return facts;
}

// What the inspection learned, into the record of the files, where it is not known yet.
Result<void> record_measures(const JobTools& tools, const std::vector<storage::Asset>& pictures,
                             const FetchedSounds& sounds, const Facts& facts) {
  std::vector<storage::Measured> measured;
  const auto heard = [&](const storage::Asset& asset, const PlanAsset& sound) {
    if (!asset.duration_us) measured.push_back({asset.id, 0, 0, sound_microseconds(sound.sample_count)});
  };
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const PlanAsset& seen = facts.pictures[i];
    if (pictures[i].width == 0) measured.push_back({pictures[i].id, seen.width, seen.height});
    if (sounds.speech[i]) heard(*sounds.speech[i], *facts.speech[i]);
  }
  if (sounds.music) heard(*sounds.music, *facts.music);
  return measured.empty() ? Result<void>() : storage::Media(tools.database).set_measured(measured);
}

// A speech's words as its provider told them, else as they can be estimated now that its length is known.
Result<std::vector<std::vector<storage::Word>>> words_of(const JobTools& tools, const Request& request,
                                                         const FetchedSounds& sounds, const Facts& facts) {
  std::vector<std::vector<storage::Word>> words(request.scenes.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& speech = sounds.speech[i];
    if (!speech || !request.scenes[i].speech->params.contains("text")) continue;
    words[i] = speech->words;
    if (!words[i].empty() && !speech->words_estimated) continue;
    const double seconds = static_cast<double>(facts.speech[i]->sample_count) / kSampleRate;
    words[i] = estimated_words(request.scenes[i].speech->params["text"].get<std::string>(), seconds);
    REELD_TRY(tools.database.set_estimated_words(speech->id, words[i]));
  }
  return words;
}

// Once for every asset that another model made than the one asked for.
FallbackSink fallback_sink(const JobTools& tools, const storage::Job& job, JobProgress& progress) {
  return [&](const Want& want, const std::string& message) {
    const auto occurred = tools.database.set_fallback_occurred(job.id);
    const auto warned = progress.warn(message, want.path);
    const auto& recorded = occurred ? warned : occurred;
    if (!recorded) spdlog::error("job={} fallback not recorded: {}", job.id, recorded.error().message);
  };
}

// Together with how good they are, where the request asks for it.
Result<std::vector<storage::Asset>> obtain_pictures(const JobTools& tools, const storage::Job& job,
                                                    const Fetcher& fetcher, const Request& request,
                                                    JobProgress& progress) {
  REELD_TRY(check_models(request, tools.models_dir));
  const auto advance = [&](double done) { progress.advance(done); };
  if (!gates_pictures(request)) return fetch_pictures(fetcher, request, advance);
  const PictureScorer scorer{tools, progress, request.output.device, fetcher.cancelled};
  return fetch_good_pictures({scorer, fetcher, job}, request, advance);
}

// What a provider made and a worker could not read is made anew by a retry.
Result<void> disown_broken(const JobTools& tools, const storage::Job& job, const Error& error,
                           const std::vector<storage::Asset>& pictures, const FetchedSounds& sounds) {
  if (!is_broken_file(error.code)) return {};
  const auto disown = [&](const storage::Asset& asset, const std::string& path) -> Result<void> {
    if (error.path != path) return {};
    return tools.database.disown_asset(job.id, asset.id);
  };
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const std::string scene = "/scenes/" + std::to_string(i);
    REELD_TRY(disown(pictures[i], scene + "/picture"));
    if (sounds.speech[i]) REELD_TRY(disown(*sounds.speech[i], scene + "/speech"));
  }
  return sounds.music ? disown(*sounds.music, "/music") : Result<void>();
}

// From the request to a plan on disk, with the encoder and the device that were chosen for it.
Result<void> prepare(const JobTools& tools, const storage::Job& job, const Request& request,
                     const JobFolder& folder, JobProgress& progress, const std::atomic<bool>& cancelled) {
  const Fetcher fetcher{tools.database, tools.registry,       tools.roots,
                        tools.data_dir, job.base_dir,         folder.scratch(),
                        job.id,         tools.day_budget_usd, fallback_sink(tools, job, progress),
                        cancelled};
  const auto advance = [&](double done) { progress.advance(done); };
  REELD_ASSIGN(const auto pictures, progress.stage("creating_images", [&] {
    return obtain_pictures(tools, job, fetcher, request, progress);
  }));
  REELD_ASSIGN(const auto sounds,
               progress.stage("processing_audio", [&] { return fetch_sounds(fetcher, request, advance); }));
  return progress.stage("planning", [&]() -> Result<void> {
    const TaskOutcome found = progress.meter().run(
        tools.executor, inspection(tools, request, pictures, sounds),
        [&](const Json& event) { progress.advance(done_share(event)); }, cancelled);
    if (!found.result) {
      REELD_TRY(disown_broken(tools, job, found.result.error(), pictures, sounds));
      return found.result.error();
    }
    Facts facts = facts_from(*found.result, pictures, sounds);
    REELD_TRY(record_measures(tools, pictures, sounds, facts));
    REELD_ASSIGN(facts.words, words_of(tools, request, sounds, facts));
    REELD_ASSIGN(Plan plan, make_plan(request, facts));
    for (const PlanWarning& warning : warnings_of(plan)) {
      REELD_TRY(progress.warn(warning.message, warning.path));
    }
    Json choice = {{"encoder", found.result->at("encoder")},
                   {"encoder_trials", found.result->at("encoder_trials")},
                   {"device", found.result->at("device")},
                   {"segment_seconds", std::min(kSegmentSeconds, tools.segment_seconds)},
                   {"program", found.result->at("program")},
                   {"fonts", found.result->at("fonts")}};
    if (request.target) {
      REELD_ASSIGN(choice["quality_search"],
                   choose_quality(tools, job, folder, *request.target, choice, plan, progress, cancelled));
    }
    REELD_TRY(write_text(folder.choice(), choice.dump()));
    REELD_TRY(take_kept_parts({tools, job, folder, plan, choice, cancelled}));
    return write_text(folder.plan(), to_json(plan).dump());
  });
}

Result<Json> read_json(const fs::path& file) {
  REELD_ASSIGN(const std::string text, read_text(file));
  return Json::parse(text, nullptr, false);
}

// A film beside its target, whole but without its name yet.
struct MadeFilm {
  Plan plan;
  Json facts;  // as probed
  double frames_per_second = 0;
  fs::path poster;
  std::int64_t poster_bytes = 0;
};

// The film under its name, then its rows: a film without rows can be made again, rows without a film would be
// a lie.
Result<void> publish(const JobTools& tools, const storage::Job& job, const MadeFilm& film) {
  REELD_TRY(publish_file(unfinished_film(job.target, job.id), job.target));
  storage::Video video;
  video.job_id = job.id;
  video.file = job.target;
  video.poster = film.poster.string();
  video.poster_bytes = film.poster_bytes;
  video.title = film.plan.title;
  video.facts = film.facts;
  return tools.database.add_video(video);
}

fs::path poster_of(const fs::path& data_dir, const std::string& job_id) {
  return data_dir / "posters" / (job_id + ".jpg");
}

Result<void> compose_once(const Composition& composition, const QualitySpec& quality, const fs::path& poster,
                          JobProgress& progress, MadeFilm& film) {
  REELD_ASSIGN(const Rendered rendered,
               progress.stage("rendering", [&] { return render_parts(composition, progress); }));
  film.frames_per_second = rendered.frames_per_second;
  keep_parts(composition);
  return progress.stage("encoding", [&]() -> Result<void> {
    REELD_ASSIGN(Joined joined, join_parts(composition, poster, progress));
    film.facts = std::move(joined.facts);
    return score_finished_film(composition, quality, joined.scores, progress);
  });
}

// Segments that were kept come from other runs of an encoder: where they do not fit together after all (a
// driver changed), the whole film is rendered.
Result<void> compose(const Composition& composition, const QualitySpec& quality, const fs::path& poster,
                     JobProgress& progress, MadeFilm& film) {
  const auto composed = compose_once(composition, quality, poster, progress, film);
  if (composed || composed.error().code != Code::internal) return composed;
  REELD_ASSIGN(const bool again, give_up_kept_parts(composition));
  if (!again) return composed;
  spdlog::warn("job={} all is rendered anew: {}", composition.job.id, composed.error().message);
  return compose_once(composition, quality, poster, progress, film);
}

// The pictures' scores while the frames are rendered. A film is no worse for want of them.
Result<void> compose_and_score(const Composition& composition, const Request& request, const fs::path& poster,
                               JobProgress& progress, MadeFilm& film) {
  const QualitySpec& quality = request.quality;
  if (!quality.score) return compose(composition, quality, poster, progress, film);
  const PictureScorer scorer{composition.tools, progress, composition.choice.at("device").get<std::string>(),
                             composition.cancelled};
  auto scoring = std::async(std::launch::async, [&] {
    return score_shown_pictures(scorer, composition.job, request, composition.plan);
  });
  auto composed = compose(composition, quality, poster, progress, film);
  const auto scored = scoring.get();
  if (!composed) return composed;
  if (!scored && !composition.cancelled) {
    REELD_TRY(progress.warn("the pictures have no scores: " + scored.error().message, scored.error().path));
  }
  return check_film(composition.tools.database, composition.job.id, quality.film, progress);
}

Result<MadeFilm> make_film(const JobTools& tools, const storage::Job& job, const JobFolder& folder,
                           JobProgress& progress, const std::atomic<bool>& cancelled) {
  if (job.status == JobStatus::pending) {
    REELD_TRY(tools.database.set_status(job.id, JobStatus::media_generation));
    progress.tell("status", {{"status", "media_generation"}});
  }
  REELD_TRY(make_folders(folder));
  REELD_TRY(check_target(job));
  REELD_ASSIGN(const Request request, parse_request(job.request));
  REELD_ASSIGN(const auto reserved, reserve_disk(tools, job, request));
  if (!fs::exists(folder.plan())) REELD_TRY(prepare(tools, job, request, folder, progress, cancelled));

  MadeFilm film;
  REELD_ASSIGN(film.plan, read_plan(folder.plan()));
  REELD_ASSIGN(const Json choice, read_json(folder.choice()));
  if (job.status != JobStatus::video_composition) {
    REELD_TRY(tools.database.set_status(job.id, JobStatus::video_composition));
    progress.tell("status", {{"status", "video_composition"}});
  }
  const Composition composition{tools, job, folder, film.plan, choice, cancelled};
  film.poster = poster_of(tools.data_dir, job.id);
  REELD_TRY(compose_and_score(composition, request, film.poster, progress, film));
  std::error_code error;
  const auto poster_bytes = fs::file_size(film.poster, error);
  if (error) return file_error(error.value(), "cannot look at " + film.poster.string(), Code::internal);
  film.poster_bytes = static_cast<std::int64_t>(poster_bytes);
  return film;
}

WholeFilm whole_film(const MadeFilm& film) {
  return {film.plan.frame_count, film.frames_per_second,
          film.facts.value("size_bytes", std::int64_t{0}) + film.poster_bytes};
}

}  // namespace

Result<void> run_job(const JobTools& tools, const storage::Job& job, JobProgress& progress,
                     const std::atomic<bool>& cancelled) {
  const std::int64_t began_us = storage::now_us();
  const JobFolder folder(tools.data_dir, job.id);
  const Result<MadeFilm> film = [&] {
    const ResourceSampler sampler(tools.database, tools.gpus, progress, job.id);
    return make_film(tools, job, folder, progress, cancelled);
  }();
  const auto whole = film ? std::optional(whole_film(*film)) : std::nullopt;
  const auto recorded = record_resources(tools.database, job.id, folder, began_us, whole);
  if (!film) {
    if (!recorded) spdlog::error("job={} resources not recorded: {}", job.id, recorded.error().message);
    return film.error();
  }
  REELD_TRY(recorded);
  if (cancelled) return Error{Code::cancelled, "cancelled before the film got its name"};
  REELD_TRY(publish(tools, job, *film));
  REELD_TRY(tools.database.set_status(job.id, JobStatus::completed));
  std::error_code ignored;
  fs::remove_all(folder.root, ignored);
  return {};
}

void remove_job_files(const fs::path& data_dir, const storage::Job& job) {
  std::error_code ignored;
  fs::remove_all(JobFolder(data_dir, job.id).root, ignored);
  fs::remove(unfinished_film(job.target, job.id), ignored);
  fs::remove(poster_of(data_dir, job.id), ignored);
}

}  // namespace reeld::engine
