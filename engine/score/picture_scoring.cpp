#include "engine/score/picture_scoring.hpp"

#include <algorithm>
#include <map>

#include "engine/learned/manifest.hpp"
#include "engine/score/picture_scores.hpp"
#include "engine/score/record.hpp"

namespace reeld::engine {
namespace {

using storage::PictureTry;

constexpr const char* kImageQuality = "image_quality";

std::string picture_path(int scene) {
  return "/scenes/" + std::to_string(scene) + "/picture";
}

// The assets of a job's pictures, by their content.
Result<std::map<std::string, storage::Database::JobAsset>> pictures_of(storage::Database& database,
                                                                       const std::string& job_id) {
  REELD_ASSIGN(auto linked, database.job_assets(job_id));
  std::map<std::string, storage::Database::JobAsset> pictures;
  for (auto& used : linked) {
    if (used.role == "picture") pictures.insert_or_assign(used.asset.sha256, std::move(used));
  }
  return pictures;
}

// What a plan shows, while it is scored.
class ShownPictures {
 public:
  ShownPictures(const PictureScorer& scorer, const storage::Job& job, const Plan& plan)
      : scorer_(scorer), job_(job), plan_(plan), tries_(scorer.tools.database) {}

  Result<void> score(const Request& request) {
    REELD_TRY(find(request));
    REELD_ASSIGN(const ScoredPictures scores, scorer_.scores(files_, Learned::all));
    REELD_TRY(keep_tries(scores.pictures));
    REELD_TRY(storage::Metrics(scorer_.tools.database).record(metrics(scores.pictures)));
    return record_scores(scorer_.tools.database, job_.id, scores.learned);
  }

 private:
  // Fills used_ and files_: one a scene.
  Result<void> find(const Request& request) {
    REELD_ASSIGN(const auto pictures, pictures_of(scorer_.tools.database, job_.id));
    for (std::size_t i = 0; i < plan_.scenes.size(); ++i) {
      const PlanAsset& picture = plan_.pictures[static_cast<std::size_t>(plan_.scenes[i].picture)];
      const auto used = pictures.find(picture.sha256);
      if (used == pictures.end()) {
        return Error{Code::internal, "the picture of scene " + std::to_string(i) + " is not the job's"};
      }
      used_.push_back(used->second);
      files_.push_back({picture.file, picture_path(static_cast<int>(i)),
                        request.scenes.at(i).picture.params.value("prompt", "")});
    }
    return {};
  }

  // What the gate did not try is recorded as a try now.
  Result<void> keep_tries(const std::vector<ScoredPicture>& scores) {
    REELD_ASSIGN(const auto known, tries_.of_job(job_.id));
    std::vector<PictureTry> made;
    std::vector<storage::PictureTries::Kept> kept;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const int scene = static_cast<int>(i);
      int number = 1;
      const PictureTry* same = nullptr;
      for (const PictureTry& tried : known) {
        if (tried.scene != scene) continue;
        number = std::max(number, tried.number + 1);
        if (same == nullptr && tried.asset_id == used_[i].asset.id) same = &tried;
      }
      if (same == nullptr) made.push_back(new_try(scene, number, scores[i]));
      kept.push_back({scene, same == nullptr ? number : same->number});
    }
    if (!made.empty()) REELD_TRY(tries_.record(job_.id, made));
    return tries_.keep(job_.id, kept);
  }

  PictureTry new_try(int scene, int number, const ScoredPicture& scores) const {
    const auto& used = used_[static_cast<std::size_t>(scene)];
    PictureTry tried;
    tried.scene = scene;
    tried.number = number;
    tried.attempt = job_.attempt;
    tried.asset_id = used.asset.id;
    tried.seed = used.asset.seed;
    tried.cost_usd = used.reused ? std::optional(0.0) : used.asset.cost_usd;
    tried.scores = scores.figures;
    tried.hash = scores.hash;
    return tried;
  }

  // Of each scene; and the film's image_quality, which is the mean of its scenes'.
  std::vector<storage::Metric> metrics(const std::vector<ScoredPicture>& scores) const {
    std::vector<std::string> hashes, contents;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      hashes.push_back(scores[i].hash);
      contents.push_back(used_[i].asset.id);
    }
    const auto alike = near_duplicates(hashes, contents);
    std::vector<storage::Metric> metrics;
    double quality = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const auto add = [&](const std::string& name, double value) {
        metrics.push_back({"", job_.id, static_cast<int>(i), name, value, kOwnModel, 0});
      };
      for (const auto& [name, value] : scores[i].figures) add(name, value);
      if (alike[i]) add("near_duplicate", *alike[i]);
      quality += scores[i].figures.at(kImageQuality) / static_cast<double>(scores.size());
    }
    metrics.push_back({"", job_.id, std::nullopt, kImageQuality, std::min(quality, 100.0), kOwnModel, 0});
    return metrics;
  }

  const PictureScorer& scorer_;
  const storage::Job& job_;
  const Plan& plan_;
  storage::PictureTries tries_;
  std::vector<storage::Database::JobAsset> used_;
  std::vector<PictureFile> files_;
};

// A worker's task, and which of its pictures each of those that were asked for is.
struct ScoringTask {
  Json json;
  std::vector<std::size_t> place;
};

ScoringTask task_of(const std::vector<PictureFile>& pictures, const PictureScorer& scorer, Learned learned) {
  ScoringTask task{{{"task", "score_pictures"},
                    {"data_dir", scorer.tools.data_dir.string()},
                    {"device", scorer.device},
                    {"pictures", Json::array()},
                    {"learned", nullptr}},
                   {}};
  std::map<std::string, std::size_t> known;  // what stands in several scenes is looked at once
  for (const PictureFile& picture : pictures) {
    const auto [it, is_new] = known.try_emplace(picture.file, known.size());
    if (is_new) task.json["pictures"].push_back({{"file", picture.file}, {"path", picture.path}});
    task.place.push_back(it->second);
  }
  if (learned == Learned::none) return task;
  Json manifests = Json::array(), scenes = Json::array();
  for (const Manifest& manifest : read_manifests(scorer.tools.models_dir).usable) {
    if (learned == Learned::all || judges_each(manifest)) manifests.push_back(manifest.path.string());
  }
  for (std::size_t i = 0; i < pictures.size(); ++i)
    scenes.push_back({{"picture", task.place[i]}, {"text", pictures[i].text}});
  task.json["learned"] = {{"manifests", manifests}, {"scenes", scenes}};
  return task;
}

}  // namespace

Result<ScoredPictures> PictureScorer::scores(const std::vector<PictureFile>& pictures,
                                             Learned learned) const {
  const ScoringTask task = task_of(pictures, *this, learned);
  const TaskOutcome outcome = progress.meter().run(tools.executor, task.json, nullptr, cancelled);
  if (!outcome.result) return outcome.result.error();
  ScoredPictures scores;
  for (const std::size_t place : task.place) {
    const Json& one = outcome.result->at("pictures").at(place);
    scores.pictures.push_back({one.at("scores").get<Figures>(), one.value("hash", "")});
  }
  if (learned == Learned::none) return scores;
  const Json& judged = outcome.result->at("learned");
  for (const Json& absent : judged.at("absent")) {
    if (absent.at("model") == kOwnScenesModel) continue;  // nobody asked for it
    REELD_TRY(progress.warn(absent.at("message").get<std::string>(), absent.at("path").get<std::string>()));
  }
  REELD_ASSIGN(scores.learned, scores_from_json(judged));
  return scores;
}

Result<void> score_shown_pictures(const PictureScorer& scorer, const storage::Job& job,
                                  const Request& request, const Plan& plan) {
  return ShownPictures(scorer, job, plan).score(request);
}

std::vector<std::optional<double>> near_duplicates(const std::vector<std::string>& hashes,
                                                   const std::vector<std::string>& contents) {
  std::map<std::string, std::uint64_t> pictures;  // by content
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    std::uint64_t hash = 0;
    if (hash_from_text(hashes[i], &hash)) pictures[contents[i]] = hash;
  }
  std::vector<std::optional<double>> alike;
  for (const std::string& content : contents) {
    const auto own = pictures.find(content);
    std::vector<std::uint64_t> others;
    for (const auto& [other, hash] : pictures) {
      if (other != content) others.push_back(hash);
    }
    const bool comparable = own != pictures.end() && !others.empty();
    alike.push_back(comparable ? std::optional(near_duplicate(own->second, others)) : std::nullopt);
  }
  return alike;
}

}  // namespace reeld::engine
