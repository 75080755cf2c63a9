// The metrics that reeld knows by name: what a request may ask to be reached, and which way a score is good.
// docs/metrics.md says how each is measured. Pure.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reeld::engine {

enum class MetricOf : unsigned char {
  picture,   // one a scene, of its picture
  film,      // of frames as rendered
  fidelity,  // of the file's frames against those that were rendered
  sound,     // of the sound track
};

struct MetricKind {
  std::string_view name;
  MetricOf of = MetricOf::picture;
  std::string_view unit;    // empty: a plain number
  std::string_view better;  // "higher", "lower"; empty: neither is
  double least = 0;
  std::optional<double> most;  // absent: no limit
};

const std::vector<MetricKind>& metric_kinds();
const MetricKind* find_metric(std::string_view name);  // nullptr for a name that is none of them

// What a score's number tells who reads it.
struct MetricMeaning {
  std::string unit = {};                        // empty: a plain number
  std::string better = {};                      // "higher", "lower"; empty: neither is, or nobody says
  std::optional<double> least = {}, most = {};  // its range; absent: no limit, or nobody says
  bool operator==(const MetricMeaning&) const = default;
};

// Of names that find_metric does not know: what the manifests of users' models say of them.
using OwnMetrics = std::map<std::string, MetricMeaning, std::less<>>;

// find_metric's word, else the user's; of a name that neither knows nothing is said.
MetricMeaning meaning_of(std::string_view name, const OwnMetrics& own);

// Those of pictures, or those of films: all the others.
std::vector<std::string> metric_names(bool of_pictures);

}  // namespace reeld::engine
