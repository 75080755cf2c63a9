// What was measured of a film: single figures, and figures over time. docs/metrics.md says what each name
// means.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace reeld::engine {

using Json = nlohmann::json;

// Of reeld's own definitions; another number when one of them changes.
inline constexpr const char* kOwnModel = "reeld-1";

struct Score {
  std::optional<int> scene;  // from 0; nullopt: of the whole film
  std::string name;
  double value = 0;  // finite
  std::string model = kOwnModel;
  bool operator==(const Score&) const = default;
};

// One figure after the other, at even steps.
struct Series {
  std::string name;
  std::int64_t first_frame = 0;
  std::int64_t frames_each = 1;  // frames that a value stands for
  std::vector<double> values;    // finite
  bool operator==(const Series&) const = default;
};

struct Scores {
  std::vector<Score> scores;
  std::vector<Series> series;
  bool operator==(const Scores&) const = default;
};

// One value a scene; scenes without one are left out of the film's mean.
using SceneValues = std::vector<std::optional<double>>;

// Adds each scene's score, and behind them the film's, which is their mean.
void add_by_scene(Scores& scores, const std::string& name, const std::string& model,
                  const SceneValues& values);

// {"scores": [{"scene", "name", "value", "model"}], "series": [{"name", "first_frame", "frames_each",
// "values"}]}, as workers answer it.
Json to_json(const Scores& scores);
// Errors: internal, for what to_json did not make.
Result<Scores> scores_from_json(const Json& json);

}  // namespace reeld::engine
