#include "engine/edit/preview.hpp"

#include <algorithm>

#include "engine/edit/given_assets.hpp"
#include "engine/sound_length.hpp"
#include "engine/word_times.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using JobAsset = storage::Database::JobAsset;

// A speech that is still to be made is taken to last so long where its scene depends on it.
constexpr std::int64_t kUnknownSpeech = 3 * kSampleRate;

// What the version will be made of, as far as that is known.
class Materials {
 public:
  Materials(const std::vector<JobAsset>& assets, std::vector<storage::NewJob::Given> given)
      : assets_(assets), given_(std::move(given)) {}

  const storage::Asset* find(const std::string& role, int scene) const {
    const auto given =
        std::ranges::find_if(given_, [&](const auto& one) { return one.role == role && one.scene == scene; });
    if (given == given_.end()) return nullptr;
    return &std::ranges::find_if(assets_, [&](const JobAsset& used) {
              return used.asset.id == given->asset_id;
            })->asset;
  }

  // Whether all that is there was looked into once, so that a plan can be made.
  bool measured() const {
    return std::ranges::all_of(given_, [&](const auto& one) {
      const storage::Asset& asset = *find(one.role, one.scene);
      return one.role == "picture" ? asset.width > 0 : asset.duration_us.has_value();
    });
  }

 private:
  const std::vector<JobAsset>& assets_;
  const std::vector<storage::NewJob::Given> given_;
};

// Of the size of the film: how it moves does not matter, since no frame of it was ever rendered.
PlanAsset unknown_picture(const Request& version, std::size_t scene) {
  return {"", "unknown-" + std::to_string(scene), version.output.width, version.output.height, 0};
}

PlanAsset sound_of(const storage::Asset& asset) {
  return {asset.sha256, asset.file, 0, 0, sound_samples(*asset.duration_us)};
}

std::vector<storage::Word> words_of(const SpeechSpec& speech, const storage::Asset& asset) {
  if (!speech.params.contains("text")) return {};
  if (!asset.words.empty() && !asset.words_estimated) return asset.words;
  const double seconds = static_cast<double>(sound_samples(*asset.duration_us)) / kSampleRate;
  return estimated_words(speech.params["text"].get<std::string>(), seconds);
}

Facts facts_of(const Request& version, const Materials& materials, bool& exact) {
  Facts facts;
  facts.words.resize(version.scenes.size());
  for (std::size_t i = 0; i < version.scenes.size(); ++i) {
    const SceneSpec& scene = version.scenes[i];
    const storage::Asset* picture = materials.find("picture", static_cast<int>(i));
    facts.pictures.push_back(
        picture ? PlanAsset{picture->sha256, picture->file, picture->width, picture->height, 0}
                : unknown_picture(version, i));
    facts.speech.emplace_back();
    if (!scene.speech) continue;
    if (const storage::Asset* speech = materials.find("speech", static_cast<int>(i))) {
      facts.speech.back() = sound_of(*speech);
      facts.words[i] = words_of(*scene.speech, *speech);
      continue;
    }
    facts.speech.back() = PlanAsset{"", "unknown-speech", 0, 0, kUnknownSpeech};
    if (!scene.duration) exact = false;
    // What its captions will show nobody knows: no frame of the scene is one that was rendered.
    if (scene.captions) facts.pictures.back() = unknown_picture(version, i);
  }
  if (!version.music) return facts;
  const storage::Asset* music = materials.find("music", -1);
  facts.music = music ? sound_of(*music) : PlanAsset{"", "unknown-music", 0, 0, kUnknownSpeech};
  return facts;
}

// What the version names by id or hash is there like what its film gives it.
Result<void> add_named(storage::Database& database, const fs::path& data_dir, const std::vector<Want>& wants,
                       std::vector<JobAsset>& assets, std::vector<storage::NewJob::Given>& given) {
  for (const Want& want : wants) {
    if (want.provider != kAssetSource) continue;
    const bool had = std::ranges::any_of(
        given, [&](const auto& one) { return one.role == want.role && one.scene == want.scene; });
    if (had) continue;
    REELD_ASSIGN(storage::Asset asset, kept_asset(database, data_dir, want));
    given.push_back({asset.id, want.role, want.scene});
    assets.push_back({std::move(asset), want.role, want.scene, true});
  }
  return {};
}

// The encoder of the film, unless the version asks for another.
std::string encoder_of(const Request& film, const Request& version, const std::string& used) {
  const bool same =
      film.output.encoder == version.output.encoder && film.output.codec == version.output.codec;
  return same ? used : version.output.encoder;
}

Result<void> count_frames(storage::Database& database, const Plan& plan, const Coding& coding,
                          storage::JobReuse& reuse) {
  const auto segments = split_into_segments(plan, kSegmentSeconds);
  std::vector<std::string> keys = segment_keys(plan, segments, coding);
  const std::string sound = plan.has_sound() ? sound_key(plan, coding.program) : "";
  keys.push_back(sound);
  REELD_ASSIGN(const auto kept, storage::Segments(database).find(keys));
  reuse.sound = kept.back().has_value();
  for (std::size_t i = 0; i < segments.size(); ++i) {
    reuse.frame_total += segments[i].count;
    ++reuse.segment_total;
    if (!kept[i]) continue;
    reuse.frames += segments[i].count;
    ++reuse.segments;
  }
  return {};
}

}  // namespace

Result<VersionPreview> preview_version(storage::Database& database, const fs::path& data_dir,
                                       const storage::Job& film, const Request& version,
                                       const std::vector<int>& origins, int threads) {
  REELD_ASSIGN(const Request before, parse_request(film.request));
  REELD_ASSIGN(auto assets, database.job_assets(film.id));
  std::vector<Want> wants = picture_wants(version);
  for (Want& want : sound_wants(version)) wants.push_back(std::move(want));
  auto given = given_assets(before, assets, version, origins);
  REELD_TRY(add_named(database, data_dir, wants, assets, given));
  const Materials materials(assets, std::move(given));
  VersionPreview preview;
  for (const Want& want : wants) {
    ++preview.reuse.asset_total;
    if (const storage::Asset* asset = materials.find(want.role, want.scene)) {
      ++preview.reuse.assets;
      preview.reuse.saved_cost_usd += asset->cost_usd.value_or(0);
    } else {
      preview.to_fetch.push_back(want);
    }
  }
  REELD_ASSIGN(const auto made, storage::Reuse(database).find(film.id));
  REELD_ASSIGN(const auto resources, database.resources(film.id));
  preview.exact = made && resources && materials.measured();
  if (!preview.exact) return preview;
  REELD_ASSIGN(const Plan plan, make_plan(version, facts_of(version, materials, preview.exact)));
  REELD_TRY(count_frames(
      database, plan, {made->program, made->fonts, encoder_of(before, version, resources->encoder), threads},
      preview.reuse));
  return preview;
}

}  // namespace reeld::engine
