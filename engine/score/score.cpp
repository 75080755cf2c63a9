#include "engine/score/score.hpp"

namespace reeld::engine {

void add_by_scene(Scores& scores, const std::string& name, const std::string& model,
                  const SceneValues& values) {
  double sum = 0;
  int count = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) continue;
    scores.scores.push_back({static_cast<int>(i), name, *values[i], model});
    sum += *values[i];
    ++count;
  }
  if (count > 0) scores.scores.push_back({std::nullopt, name, sum / count, model});
}

Json to_json(const Scores& scores) {
  Json json = {{"scores", Json::array()}, {"series", Json::array()}};
  for (const Score& score : scores.scores) {
    json["scores"].push_back({{"scene", score.scene ? Json(*score.scene) : Json(nullptr)},
                              {"name", score.name},
                              {"value", score.value},
                              {"model", score.model}});
  }
  for (const Series& series : scores.series) {
    json["series"].push_back({{"name", series.name},
                              {"first_frame", series.first_frame},
                              {"frames_each", series.frames_each},
                              {"values", series.values}});
  }
  return json;
}

Result<Scores> scores_from_json(const Json& json) {
  try {
    Scores scores;
    for (const Json& item : json.at("scores")) {
      const Json& scene = item.at("scene");
      scores.scores.push_back({scene.is_null() ? std::nullopt : std::optional(scene.get<int>()),
                               item.at("name").get<std::string>(), item.at("value").get<double>(),
                               item.at("model").get<std::string>()});
    }
    for (const Json& item : json.at("series")) {
      scores.series.push_back({item.at("name").get<std::string>(), item.at("first_frame").get<std::int64_t>(),
                               item.at("frames_each").get<std::int64_t>(),
                               item.at("values").get<std::vector<double>>()});
    }
    return scores;
  } catch (const nlohmann::json::exception& error) {
    return Error{Code::internal, std::string("scores that cannot be read: ") + error.what()};
  }
}

}  // namespace reeld::engine
