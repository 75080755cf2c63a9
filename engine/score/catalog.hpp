// The metrics that reeld knows by name: what a request may ask to be reached, and which way a score is good.
// docs/metrics.md says how each is measured. Pure.
#pragma once

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

// Those of pictures, or those of films: all the others.
std::vector<std::string> metric_names(bool of_pictures);

}  // namespace reeld::engine
