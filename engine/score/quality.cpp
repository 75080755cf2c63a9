#include "engine/score/quality.hpp"

#include "engine/request_schema_check.hpp"
#include "engine/score/catalog.hpp"

namespace reeld::engine {
namespace {

Error refuse(const std::string& path, const std::string& why) {
  return {Code::invalid_request, path + ": " + why, path};
}

// What the gate stands before.
struct Place {
  bool pictures = true;
  bool scored = true, fidelity = false;
};

std::string range_text(const MetricKind& kind) {
  return found_text(kind.least) + (kind.most ? " to " + found_text(*kind.most) : " and more");
}

// A name that is none of reeld's may be a user's model's: engine/learned/learned_models.hpp knows.
Result<void> check_metric(const std::string& name, const Place& place, const std::string& path) {
  const MetricKind* kind = find_metric(name);
  if (kind != nullptr && (kind->of == MetricOf::picture) != place.pictures) {
    return refuse(path, found_text(name) + " is a metric of " + (place.pictures ? "films" : "pictures") +
                            ", and here stands one of " + (place.pictures ? "pictures" : "films") +
                            ", such as \"" + metric_names(place.pictures).front() + "\"");
  }
  if (!place.scored) {
    return refuse(path, found_text(name) + " cannot be reached where /quality/score is false");
  }
  if (kind != nullptr && kind->of == MetricOf::fidelity && !place.fidelity) {
    return refuse(path, found_text(name) + " is measured only where /quality/fidelity is true: add it");
  }
  return {};
}

Result<Bar> bar_of(const Json& json, const Place& place, const std::string& path) {
  Bar bar;
  bar.metric = json.at("metric").get<std::string>();
  REELD_TRY(check_metric(bar.metric, place, path + "/metric"));
  const bool least = json.contains("at_least"), most = json.contains("at_most");
  if (least && most) {
    return refuse(path + "/at_most", "one of at_least and at_most: make two conditions of it for both");
  }
  if (!least && !most) return refuse(path + "/at_least", "is missing: needs a number here, or in at_most");
  bar.is_least = least;
  const char* name = least ? "at_least" : "at_most";
  bar.value = json.at(name).get<double>();
  const MetricKind* const kind = find_metric(bar.metric);
  if (kind != nullptr && (bar.value < kind->least || (kind->most && bar.value > *kind->most))) {
    return refuse(path + "/" + name,
                  found_text(bar.value) + " is not allowed: " + bar.metric + " is " + range_text(*kind));
  }
  return bar;
}

Result<std::vector<Bar>> bars_of(const Json& list, const Place& place, const std::string& path) {
  std::vector<Bar> bars;
  for (std::size_t i = 0; i < list.size(); ++i) {
    REELD_ASSIGN(Bar bar, bar_of(list[i], place, path + "/" + std::to_string(i)));
    bars.push_back(std::move(bar));
  }
  return bars;
}

Result<Gate> gate_of(const Json& quality, const char* name, const Place& place) {
  Gate gate;
  const Json json = quality.value(name, Json::object());
  REELD_ASSIGN(gate.reach, bars_of(json.value("reach", Json::array()), place,
                                   std::string("/quality/") + name + "/reach"));
  gate.tries = json.value("tries", gate.tries);
  if (json.value("otherwise", "warn") == "fail") gate.otherwise = Otherwise::fail;
  return gate;
}

}  // namespace

Result<QualitySpec> quality_of(const Json& json) {
  QualitySpec quality;
  quality.score = json.value("score", quality.score);
  quality.fidelity = json.value("fidelity", quality.fidelity);
  if (quality.fidelity && !quality.score) {
    return refuse("/quality/fidelity", "nothing is measured where /quality/score is false");
  }
  REELD_ASSIGN(quality.pictures, gate_of(json, "pictures", {true, quality.score, quality.fidelity}));
  REELD_ASSIGN(quality.film, gate_of(json, "film", {false, quality.score, quality.fidelity}));
  return quality;
}

Result<std::vector<Bar>> picture_bars(const Json& reach, const std::string& path, bool scored) {
  return bars_of(reach, {true, scored, false}, path);
}

std::string bar_text(const Bar& bar) {
  return bar.metric + (bar.is_least ? " at least " : " at most ") + found_text(bar.value);
}

}  // namespace reeld::engine
