#include "engine/score/shown_pictures.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/files.hpp"
#include "engine/learned/manifest.hpp"
#include "engine/score/record.hpp"
#include "engine/timeline.hpp"
#include "storage/metrics.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using storage::PictureTry;
using JobAsset = storage::Database::JobAsset;

constexpr const char* kImageQuality = "image_quality";

std::string picture_path(std::size_t scene) {
  return "/scenes/" + std::to_string(scene) + "/picture";
}

std::size_t picture_of(const PlanScene& scene) {
  return static_cast<std::size_t>(scene.picture);
}

// The job's, one a scene.
Result<std::vector<JobAsset>> assets_of(const Composition& composition) {
  const Plan& plan = composition.plan;
  REELD_ASSIGN(auto linked, composition.tools.database.job_assets(composition.job.id));
  std::map<std::string, JobAsset> pictures;
  for (auto& used : linked) {
    if (used.role == "picture") pictures.insert_or_assign(used.asset.sha256, std::move(used));
  }
  std::vector<JobAsset> assets;
  for (const PlanScene& scene : plan.scenes) {
    const auto used = pictures.find(plan.pictures[picture_of(scene)].sha256);
    if (used == pictures.end()) {
      return Error{Code::internal,
                   "the picture of scene " + std::to_string(assets.size()) + " is not the job's"};
    }
    assets.push_back(used->second);
  }
  return assets;
}

// One a scene.
std::vector<PictureFile> files_of(const Plan& plan, const Request& request) {
  std::vector<PictureFile> files;
  for (std::size_t i = 0; i < plan.scenes.size(); ++i) {
    files.push_back({plan.pictures[picture_of(plan.scenes[i])].file, picture_path(i),
                     request.scenes.at(i).picture.params.value("prompt", "")});
  }
  return files;
}

std::set<std::size_t> pictures_to_render(const Composition& composition) {
  const std::vector<SegmentRange> segments = segments_of(composition);
  const std::vector<bool> missing = missing_segments(composition, segments);
  std::set<std::size_t> pictures;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (missing[i]) pictures.merge(visible_pictures(composition.plan, segments[i].first, segments[i].count));
  }
  return pictures;
}

fs::path scores_file(const Composition& composition, std::size_t picture) {
  return composition.folder.picture_scores(composition.plan.pictures[picture].sha256);
}

// Pictures by themselves, by their place in a plan.
class OnePictures {
 public:
  bool has(std::size_t picture) const { return found_.contains(picture); }

  // Each of `pictures` was a scene of its own.
  void add(const std::vector<std::size_t>& pictures, const ScoredPictures& scores) {
    for (std::size_t i = 0; i < pictures.size(); ++i) found_[pictures[i]].by_formulas = scores.pictures[i];
    for (const Score& score : scores.learned.scores) {
      if (score.scene) found_[pictures.at(static_cast<std::size_t>(*score.scene))].learned.push_back(score);
    }
  }

  // As though they had been scored together.
  ScoredPictures of_scenes(const std::vector<PlanScene>& scenes) const {
    ScoredPictures scores;
    std::map<std::pair<std::string, std::string>, SceneValues> learned;  // by name and model
    for (std::size_t i = 0; i < scenes.size(); ++i) {
      const One& one = found_.at(picture_of(scenes[i]));
      scores.pictures.push_back(one.by_formulas);
      for (const Score& score : one.learned) {
        SceneValues& values = learned[{score.name, score.model}];
        values.resize(scenes.size());
        values[i] = score.value;
      }
    }
    for (const auto& [which, values] : learned)
      add_by_scene(scores.learned, which.first, which.second, values);
    return scores;
  }

 private:
  struct One {
    ScoredPicture by_formulas;
    std::vector<Score> learned;
  };
  std::map<std::size_t, One> found_;
};

// Into the record.
class Recording {
 public:
  Recording(const Composition& composition, std::vector<JobAsset> used, const ScoredPictures& scores)
      : database_(composition.tools.database),
        job_(composition.job),
        used_(std::move(used)),
        scores_(scores.pictures),
        learned_(scores.learned) {}

  Result<void> run() {
    REELD_TRY(keep_tries());
    REELD_TRY(storage::Metrics(database_).record(metrics()));
    return record_scores(database_, job_.id, learned_);
  }

 private:
  // What the gate did not try is recorded as a try now.
  Result<void> keep_tries() {
    storage::PictureTries tries(database_);
    REELD_ASSIGN(const auto known, tries.of_job(job_.id));
    std::vector<PictureTry> made;
    std::vector<storage::PictureTries::Kept> kept;
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      const int scene = static_cast<int>(i);
      int number = 1;
      const PictureTry* same = nullptr;
      for (const PictureTry& tried : known) {
        if (tried.scene != scene) continue;
        number = std::max(number, tried.number + 1);
        if (same == nullptr && tried.asset_id == used_[i].asset.id) same = &tried;
      }
      if (same == nullptr) made.push_back(new_try(i, number));
      kept.push_back({scene, same == nullptr ? number : same->number});
    }
    if (!made.empty()) REELD_TRY(tries.record(job_.id, made));
    return tries.keep(job_.id, kept);
  }

  PictureTry new_try(std::size_t scene, int number) const {
    const JobAsset& used = used_[scene];
    PictureTry tried;
    tried.scene = static_cast<int>(scene);
    tried.number = number;
    tried.attempt = job_.attempt;
    tried.asset_id = used.asset.id;
    tried.seed = used.asset.seed;
    tried.cost_usd = used.reused ? std::optional(0.0) : used.asset.cost_usd;
    tried.scores = scores_[scene].figures;
    tried.hash = scores_[scene].hash;
    return tried;
  }

  // Of each scene; and the film's image_quality, which is the mean of its scenes'.
  std::vector<storage::Metric> metrics() const {
    std::vector<std::string> hashes, contents;
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      hashes.push_back(scores_[i].hash);
      contents.push_back(used_[i].asset.id);
    }
    const auto alike = near_duplicates(hashes, contents);
    std::vector<storage::Metric> metrics;
    double quality = 0;
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      const auto add = [&](const std::string& name, double value) {
        metrics.push_back({"", job_.id, static_cast<int>(i), name, value, kOwnModel, 0});
      };
      for (const auto& [name, value] : scores_[i].figures) add(name, value);
      if (alike[i]) add("near_duplicate", *alike[i]);
      quality += scores_[i].figures.at(kImageQuality) / static_cast<double>(scores_.size());
    }
    metrics.push_back({"", job_.id, std::nullopt, kImageQuality, std::min(quality, 100.0), kOwnModel, 0});
    return metrics;
  }

  storage::Database& database_;
  const storage::Job& job_;
  const std::vector<JobAsset> used_;
  const std::vector<ScoredPicture>& scores_;
  const Scores& learned_;
};

}  // namespace

bool renderings_score(const JobTools& tools) {
  return read_manifests(tools.models_dir).usable.empty();
}

std::set<std::size_t> unscored_pictures(const Composition& composition) {
  std::set<std::size_t> pictures;
  if (!composition.plan.score || !renderings_score(composition.tools)) return pictures;
  for (std::size_t i = 0; i < composition.plan.pictures.size(); ++i) {
    if (!fs::exists(scores_file(composition, i))) pictures.insert(i);
  }
  return pictures;
}

ShownPictures::ShownPictures(const Composition& composition, const Request& request, JobProgress& progress)
    : composition_(composition),
      request_(request),
      scorer_{composition.tools, progress, composition.choice.at("device").get<std::string>(),
              composition.cancelled},
      rendered_(pictures_to_render(composition)) {
  scoring_ = std::async(std::launch::async, [this] { return score(); });
}

ShownPictures::~ShownPictures() {
  set(Frames::given_up);
}

void ShownPictures::go_on() {
  set(Frames::rendered);
}

void ShownPictures::set(Frames frames) {
  Frames awaited = Frames::awaited;
  if (frames_.compare_exchange_strong(awaited, frames)) frames_.notify_all();
}

Result<void> ShownPictures::score() {
  REELD_ASSIGN(auto used, assets_of(composition_));
  REELD_ASSIGN(const ScoredPictures scores,
               renderings_score(composition_.tools)
                   ? by_rendering()
                   : scorer_.scores(files_of(composition_.plan, request_), Learned::all));
  return Recording(composition_, std::move(used), scores).run();
}

Result<ScoredPictures> ShownPictures::by_rendering() {
  const Plan& plan = composition_.plan;
  OnePictures found;
  // Of the pictures that are not found yet, by the task.
  const auto score_those = [&](const auto& asked) -> Result<void> {
    std::vector<std::size_t> pictures;
    std::vector<PictureFile> files;
    for (std::size_t i = 0; i < plan.scenes.size(); ++i) {
      const std::size_t picture = picture_of(plan.scenes[i]);
      const bool is_known = found.has(picture) || std::ranges::count(pictures, picture) > 0;
      if (is_known || !asked(picture)) continue;
      pictures.push_back(picture);
      files.push_back({plan.pictures[picture].file, picture_path(i), ""});
    }
    if (pictures.empty()) return {};
    REELD_ASSIGN(const ScoredPictures scores, scorer_.scores(files, Learned::each));
    found.add(pictures, scores);
    return {};
  };
  REELD_TRY(score_those([&](std::size_t picture) {
    return !rendered_.contains(picture) && !fs::exists(scores_file(composition_, picture));
  }));
  frames_.wait(Frames::awaited);
  if (frames_ == Frames::given_up) return Error{Code::cancelled, "the film is not made"};
  for (std::size_t picture = 0; picture < plan.pictures.size(); ++picture) {
    const auto text = read_text(scores_file(composition_, picture));
    const auto scores = text ? scored_pictures(Json::parse(*text, nullptr, false), {0})
                             : Result<ScoredPictures>(text.error());
    if (scores && !found.has(picture)) found.add({picture}, *scores);
  }
  REELD_TRY(score_those([](std::size_t) { return true; }));
  return found.of_scenes(plan.scenes);
}

}  // namespace reeld::engine
