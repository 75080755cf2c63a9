#include "engine/job_preparation.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "engine/compose.hpp"
#include "engine/done_share.hpp"
#include "engine/fetch.hpp"
#include "engine/files.hpp"
#include "engine/learned/learned_models.hpp"
#include "engine/obtain.hpp"
#include "engine/plan.hpp"
#include "engine/quality_choice.hpp"
#include "engine/reuse/job_reuse.hpp"
#include "engine/score/picture_gate.hpp"
#include "engine/score/shown_pictures.hpp"
#include "engine/sound_length.hpp"
#include "engine/word_times.hpp"
#include "storage/media.hpp"

namespace reeld::engine {
namespace {

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

// The first scene's picture, as soon as it is there; where a gate looks at it first, another may take its
// place.
AssetSink first_picture_sink(const JobTools& tools, const Request& request, PictureAhead& ahead) {
  return [&, gated = gates_pictures(request)](const Want& want, const storage::Asset& asset) {
    if (gated || want.role != "picture" || want.scene != 0) return;
    ahead.begin(request, tools.data_dir / asset.file, request.quality.score && renderings_score(tools));
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

}  // namespace

Result<void> prepare_job(const JobTools& tools, const storage::Job& job, const Request& request,
                         const JobFolder& folder, JobProgress& progress, PictureAhead& ahead,
                         const std::atomic<bool>& cancelled) {
  const Fetcher fetcher{tools.database,
                        tools.registry,
                        tools.roots,
                        tools.data_dir,
                        job.base_dir,
                        folder.scratch(),
                        job.id,
                        tools.day_budget_usd,
                        fallback_sink(tools, job, progress),
                        first_picture_sink(tools, request, ahead),
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

}  // namespace reeld::engine
