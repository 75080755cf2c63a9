#include "engine/learned/learned_task.hpp"

#include "engine/learned/learned_scores.hpp"

namespace reeld::engine {

Result<Json> learned_task(const Json& task, const TaskProgress& progress) {
  // Read anew: files may have changed since the daemon saw them.
  std::vector<Manifest> manifests;
  Json absent = Json::array();
  for (const Json& file : task.at("manifests")) {
    auto manifest = read_manifest(file.get<std::string>());
    if (manifest)
      manifests.push_back(*std::move(manifest));
    else
      absent.push_back({{"model", ""}, {"message", manifest.error().message}});
  }
  std::vector<ScoredScene> scenes;
  for (const Json& picture : task.at("pictures")) {
    scenes.push_back({picture.at("file").get<std::string>(), picture.at("text").get<std::string>()});
  }
  REELD_ASSIGN(const LearnedScores learned,
               learned_scores(manifests, scenes, task.at("threads").get<int>(), progress));
  for (const AbsentScore& score : learned.absent)
    absent.push_back({{"model", score.model}, {"message", score.why.message}});
  Json answer = to_json(learned.scores);
  answer["absent"] = absent;
  return answer;
}

}  // namespace reeld::engine
