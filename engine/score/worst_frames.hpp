// Which frames of a film a person should look at first: where its scores over time are at their worst. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/score/score.hpp"

namespace reeld::engine {

struct WorstFrame {
  std::int64_t frame = 0;  // from 0
  std::string series;
  double value = 0;
  std::string why;  // "flicker is largest"
};

// At most three of a series and twelve in all, by frame: the highest of what is better low, the lowest of
// luma, and of each only what stands out from the rest of its film. Where a series "measured" has 0, nothing
// was, and nothing is told. Those of one series are at least `apart` frames from each other.
std::vector<WorstFrame> worst_frames(const std::vector<Series>& series, std::int64_t apart);

}  // namespace reeld::engine
