// How far a plane must still be moved to become another: one step of tracking a frame's motion. Pure.
#pragma once

#include <optional>
#include <vector>

#include "engine/score/luma_plane.hpp"
#include "engine/score/plane_shift.hpp"

namespace reeld::engine {

// A shift across and down at the frame's middle, in blocks, and a growth about it: of where a plane is taken
// from.
struct MotionStep {
  double x = 0, y = 0, growth = 0;
};

// What must be added to where `moved` was taken from, so that it becomes `now`: least squares on the slopes
// (Lucas and Kanade 1981), with a change of the whole frame's brightness and contrast, which are no motion.
// `weights` has one for each block. Nothing where the blocks of the window have too little detail.
std::optional<MotionStep> step_towards(const LumaPlane& moved, const LumaPlane& now,
                                       const BlockWindow& window, const std::vector<float>& weights);

}  // namespace reeld::engine
