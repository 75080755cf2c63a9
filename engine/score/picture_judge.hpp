// Scores pictures that are decoded, one after the other: each by formulas, and by all that was learned. In
// workers.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/learned/learned_scores.hpp"
#include "engine/picture.hpp"
#include "kernels/device.hpp"

namespace reeld::engine {

using Json = nlohmann::json;

// By one thread at a time. Made where nothing else uses OpenCV at that moment, whose threads it limits.
class PictureJudge {
 public:
  // `manifests`: files of networks, beside which the natural-scene statistics judge; without it formulas
  // alone.
  PictureJudge(std::shared_ptr<kernels::Device> device,
               const std::optional<std::vector<std::string>>& manifests);

  // {"scores": {name: value}, "hash": "16 hex digits"}. `path`: of the request's field, for what is absent. A
  // picture with an error does not count as one that was looked at.
  Result<Json> look(const Picture& picture, const std::string& path);

  // Of scenes [{"picture": place among those that were looked at, "text"}]: {"scores", "series"
  // (engine/score/score.hpp), "absent": [{"model", "message", "path"}]}; null where formulas are all.
  Json learned(const Json& scenes) const;

 private:
  const std::shared_ptr<kernels::Device> device_;
  std::vector<Manifest> manifests_;  // that judges_ refers to
  Json absent_ = Json::array();
  std::optional<LearnedJudges> judges_;
};

}  // namespace reeld::engine
