#include "engine/score/picture_scoring.hpp"

#include <algorithm>
#include <map>

#include "engine/learned/learned_models.hpp"
#include "engine/learned/learned_scoring.hpp"
#include "engine/score/picture_scores.hpp"
#include "engine/score/score.hpp"

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

// The tries at a job's pictures while those that a plan shows are completed.
class ShownPictures {
 public:
  ShownPictures(const PictureScorer& scorer, const storage::Job& job, const Plan& plan)
      : scorer_(scorer), job_(job), plan_(plan), tries_(scorer.tools.database) {}

  Result<void> score() {
    REELD_ASSIGN(pictures_, pictures_of(scorer_.tools.database, job_.id));
    REELD_ASSIGN(known_, tries_.of_job(job_.id));
    REELD_TRY(score_missing());
    std::vector<storage::PictureTries::Kept> kept;
    for (const PictureTry& shown : shown_) kept.push_back({shown.scene, shown.number});
    REELD_TRY(tries_.keep(job_.id, kept));
    return storage::Metrics(scorer_.tools.database).record(metrics());
  }

 private:
  const PictureTry* known(int scene, const std::string& asset_id) const {
    const auto it = std::ranges::find_if(
        known_, [&](const PictureTry& tried) { return tried.scene == scene && tried.asset_id == asset_id; });
    return it == known_.end() ? nullptr : &*it;
  }

  int next_number(int scene) const {
    int number = 1;
    for (const PictureTry& tried : known_) {
      if (tried.scene == scene) number = std::max(number, tried.number + 1);
    }
    return number;
  }

  PictureTry new_try(int scene, const storage::Database::JobAsset& used) const {
    PictureTry tried;
    tried.scene = scene;
    tried.number = next_number(scene);
    tried.attempt = job_.attempt;
    tried.asset_id = used.asset.id;
    tried.seed = used.asset.seed;
    tried.cost_usd = used.reused ? std::optional(0.0) : used.asset.cost_usd;
    return tried;
  }

  // Fills shown_: one try a scene, in their order. What stands in several scenes is measured once.
  Result<void> score_missing() {
    std::vector<PictureFile> files;
    std::map<std::string, std::size_t> place;  // in files, by asset
    std::vector<std::size_t> missing;          // in shown_
    for (std::size_t i = 0; i < plan_.scenes.size(); ++i) {
      const PlanAsset& picture = plan_.pictures[static_cast<std::size_t>(plan_.scenes[i].picture)];
      const auto used = pictures_.find(picture.sha256);
      if (used == pictures_.end()) {
        return Error{Code::internal, "the picture of scene " + std::to_string(i) + " is not the job's"};
      }
      const int scene = static_cast<int>(i);
      const std::string& asset_id = used->second.asset.id;
      if (const PictureTry* tried = known(scene, asset_id)) {
        shown_.push_back(*tried);
        continue;
      }
      shown_.push_back(new_try(scene, used->second));
      missing.push_back(i);
      if (place.try_emplace(asset_id, files.size()).second) {
        files.push_back({picture.file, picture_path(scene), ""});
      }
    }
    if (missing.empty()) return {};
    REELD_ASSIGN(const auto scores, scorer_.scores(files));
    std::vector<PictureTry> made;
    for (const std::size_t i : missing) {
      const ScoredPicture& found = scores[place.at(shown_[i].asset_id)];
      shown_[i].scores = found.figures;
      shown_[i].hash = found.hash;
      made.push_back(shown_[i]);
    }
    return tries_.record(job_.id, made);
  }

  // Of each scene; and the film's image_quality, which is the mean of its scenes'.
  std::vector<storage::Metric> metrics() const {
    std::vector<std::string> hashes, contents;
    for (const PictureTry& tried : shown_) {
      hashes.push_back(tried.hash);
      contents.push_back(tried.asset_id);
    }
    const auto alike = near_duplicates(hashes, contents);
    std::vector<storage::Metric> metrics;
    double quality = 0;
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      quality += shown_[i].scores.value(kImageQuality, 0.0) / static_cast<double>(shown_.size());
      const auto add = [&](const std::string& name, double value) {
        metrics.push_back({"", job_.id, static_cast<int>(i), name, value, kOwnModel, 0});
      };
      for (const auto& [name, value] : shown_[i].scores.items()) {
        // Those are recorded with their models.
        if (!is_learned_of_pictures(name)) add(name, value.get<double>());
      }
      if (alike[i]) add("near_duplicate", *alike[i]);
    }
    metrics.push_back({"", job_.id, std::nullopt, kImageQuality, std::min(quality, 100.0), kOwnModel, 0});
    return metrics;
  }

  const PictureScorer& scorer_;
  const storage::Job& job_;
  const Plan& plan_;
  storage::PictureTries tries_;
  std::map<std::string, storage::Database::JobAsset> pictures_;
  std::vector<PictureTry> known_, shown_;
};

}  // namespace

Result<std::vector<ScoredPicture>> PictureScorer::scores(const std::vector<PictureFile>& pictures) const {
  Json task = {{"task", "score_pictures"},
               {"data_dir", tools.data_dir.string()},
               {"device", device},
               {"pictures", Json::array()}};
  for (const PictureFile& picture : pictures) {
    task["pictures"].push_back({{"file", picture.file}, {"path", picture.path}});
  }
  const TaskOutcome outcome = progress.meter().run(tools.executor, task, nullptr, cancelled);
  if (!outcome.result) return outcome.result.error();
  std::vector<ScoredPicture> scores;
  for (const Json& one : outcome.result->at("pictures")) {
    scores.push_back({one.at("scores").get<Figures>(), one.value("hash", "")});
  }
  if (learned) REELD_TRY(add_learned(pictures, scores));
  return scores;
}

// Of several models of one score the first counts: reeld's own, then by the manifests' names.
Result<void> PictureScorer::add_learned(const std::vector<PictureFile>& pictures,
                                        std::vector<ScoredPicture>& scores) const {
  std::vector<ShownPicture> shown;
  for (const PictureFile& picture : pictures) shown.push_back({picture.file, picture.text});
  const LearnedScorer scorer{tools, progress, cancelled};
  REELD_ASSIGN(const Scores judged, scorer.scores(shown));
  for (const Score& score : judged.scores) {
    if (score.scene && is_learned_of_pictures(score.name))
      scores.at(static_cast<std::size_t>(*score.scene)).figures.emplace(score.name, score.value);
  }
  return {};
}

Result<void> score_shown_pictures(const PictureScorer& scorer, const storage::Job& job, const Plan& plan) {
  return ShownPictures(scorer, job, plan).score();
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
