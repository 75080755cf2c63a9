#include "engine/learned/learned_scoring.hpp"

#include "engine/learned/manifest.hpp"
#include "engine/score/record.hpp"

namespace reeld::engine {

Result<Scores> LearnedScorer::scores(const std::vector<ShownPicture>& pictures) const {
  // One thread: the others are the frames'.
  Json task = {
      {"task", "learned_scores"}, {"manifests", Json::array()}, {"pictures", Json::array()}, {"threads", 1}};
  for (const Manifest& manifest : read_manifests(tools.models_dir).usable)
    task["manifests"].push_back(manifest.path.string());
  for (const ShownPicture& picture : pictures)
    task["pictures"].push_back({{"file", (tools.data_dir / picture.file).string()}, {"text", picture.text}});
  const TaskOutcome outcome = progress.meter().run(tools.executor, task, nullptr, cancelled);
  if (!outcome.result) return outcome.result.error();
  for (const Json& absent : outcome.result->at("absent")) {
    if (absent.at("model") == kOwnScenesModel) continue;  // nobody asked for it
    REELD_TRY(progress.warn(absent.at("message").get<std::string>(), ""));
  }
  return scores_from_json(*outcome.result);
}

Result<void> score_learned(const LearnedScorer& scorer, const std::string& job_id, const Request& request,
                           const Plan& plan) {
  std::vector<ShownPicture> pictures;
  for (std::size_t i = 0; i < plan.scenes.size(); ++i) {
    const PlanAsset& picture = plan.pictures[static_cast<std::size_t>(plan.scenes[i].picture)];
    pictures.push_back({picture.file, request.scenes.at(i).picture.params.value("prompt", "")});
  }
  REELD_ASSIGN(const Scores scores, scorer.scores(pictures));
  return record_scores(scorer.tools.database, job_id, scores);
}

}  // namespace reeld::engine
