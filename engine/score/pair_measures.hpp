// Two frames one after the other, measured: what changed beside what the plan moves, and how the picture
// really moved. Runs in workers.
#pragma once

#include <vector>

#include "engine/score/luma_plane.hpp"
#include "engine/score/plane_shift.hpp"
#include "engine/score/planned_pair.hpp"

namespace reeld::engine {

// A frame as it is compared.
struct MeasuredFrame {
  LumaPlane luma;
  std::vector<kernels::Rect>
      texts;  // where they lie, frame pixels: their blocks do not move with the picture
};

// Levels are 0 to 255.
struct PairMeasures {
  double difference = 0;  // mean absolute difference in place, levels; of any pair
  // Of how the later frame follows from the earlier one, moved as the plan says: -1 to 1; 0 where one of them
  // is flat. A cut's frames are compared in place.
  double correlation = 0;

  // Of a steady pair with blocks enough that only the picture shows; else not measured, and 0.
  bool compared = false;
  double flicker =
      0;  // mean absolute change of cells of 8x8 blocks after the plan's motion is undone, levels
  double expected = 0;  // mean absolute difference that this motion makes, in the same blocks
  double seen = 0;      // the one that is there

  // Of a pair that was compared, and has detail enough to be followed.
  bool tracked = false;
  FrameMotion error = {};  // the motion that was seen less the plan's
};

class PairMeter {
 public:
  explicit PairMeter(const OutputSpec& output) : output_(output) {}

  PairMeasures measure(const MeasuredFrame& before, const MeasuredFrame& now, const PlannedPair& plan);

 private:
  void weigh_blocks(const MeasuredFrame& before, const MeasuredFrame& now, const PlannedPair& plan);
  void compare(const LumaPlane& before, const LumaPlane& now, PairMeasures* measures);
  void track(const LumaPlane& before, const LumaPlane& now, const PlannedPair& plan, PairMeasures* measures);

  const OutputSpec output_;
  PlaneShift shift_;
  LumaPlane moved_;             // the earlier frame, moved
  BlockWindow window_;          // the blocks of it that can be compared
  std::vector<float> weights_;  // of each block: 1, or 0 where a text lies
};

}  // namespace reeld::engine
