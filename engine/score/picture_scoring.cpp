#include "engine/score/picture_scoring.hpp"

#include <algorithm>
#include <map>

#include "engine/learned/manifest.hpp"
#include "engine/score/picture_scores.hpp"

namespace reeld::engine {
namespace {

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

Result<ScoredPictures> scored_pictures(const Json& answer, const std::vector<std::size_t>& places) {
  try {
    ScoredPictures scores;
    for (const std::size_t place : places) {
      const Json& one = answer.at("pictures").at(place);
      scores.pictures.push_back({one.at("scores").get<Figures>(), one.value("hash", "")});
    }
    if (answer.at("learned").is_null()) return scores;
    REELD_ASSIGN(scores.learned, scores_from_json(answer.at("learned")));
    return scores;
  } catch (const nlohmann::json::exception& error) {
    return Error{Code::internal, std::string("scores of pictures that cannot be read: ") + error.what()};
  }
}

Result<ScoredPictures> PictureScorer::scores(const std::vector<PictureFile>& pictures,
                                             Learned learned) const {
  const ScoringTask task = task_of(pictures, *this, learned);
  const TaskOutcome outcome = progress.meter().run(tools.executor, task.json, nullptr, cancelled);
  if (!outcome.result) return outcome.result.error();
  if (learned != Learned::none) {
    for (const Json& absent : outcome.result->at("learned").at("absent")) {
      if (absent.at("model") == kOwnScenesModel) continue;  // nobody asked for it
      REELD_TRY(progress.warn(absent.at("message").get<std::string>(), absent.at("path").get<std::string>()));
    }
  }
  return scored_pictures(*outcome.result, task.place);
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
