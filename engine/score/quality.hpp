// What a request says of quality: whether it is scored, and what pictures and films must reach. Pure.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.hpp"

namespace reeld::engine {

using Json = nlohmann::json;

// One condition on one score.
struct Bar {
  std::string metric;    // one that find_metric knows, or one that only a user's model can measure
  bool is_least = true;  // the score must be at least `value`, else at most
  double value = 0;      // within the metric's range, where find_metric knows it
  bool operator==(const Bar&) const = default;
};

enum class Otherwise : unsigned char { warn, fail };

struct Gate {
  std::vector<Bar> reach;  // all of them; empty: no gate
  int tries = 3;           // of pictures: how many are made of a scene at most, the first one too
  Otherwise otherwise = Otherwise::warn;
};

struct QualitySpec {
  bool score = true;
  bool fidelity = false;  // the finished file is decoded once more and held against its frames
  Gate pictures, film;
};

// A request's "quality", and a scene's "reach", both once the schema held. Errors: invalid_request, with the
// path, for a metric of the other kind, or not measured as the request stands, and for a value that it never
// has. Whether a name that find_metric does not know is one says check_models
// (engine/learned/learned_models.hpp).
Result<QualitySpec> quality_of(const Json& quality);
Result<std::vector<Bar>> picture_bars(const Json& reach, const std::string& path, bool scored);

// "image_quality at least 60"
std::string bar_text(const Bar& bar);

}  // namespace reeld::engine
