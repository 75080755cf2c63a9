// What a plan says of two frames one after the other: how its picture moves between them, and where nothing
// else lies over it. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/plan.hpp"
#include "engine/timeline.hpp"
#include "kernels/frame_plan.hpp"
#include "kernels/taps.hpp"

namespace reeld::engine {

enum class PairKind : std::uint8_t {
  steady,  // both show one and the same scene alone: its picture moves, and nothing changes
  cut,     // two scenes, one after the other
  mixed,   // one of them, or both, lie in a transition
};

struct PlannedPair {
  PairKind kind = PairKind::mixed;
  bool same_picture = false;  // of a cut: both scenes show the same file
  int scene = 0;              // of the later frame
  // Steady: what the later frame shows at x the earlier one showed at origin + x * scale; frame pixels.
  kernels::AxisMap across, down;
  kernels::Rect picture;  // where the later frame shows it, in its pixels; may reach beyond the frame
};

// Of `frame` and the one before it; 1 <= frame < plan.frame_count.
PlannedPair planned_pair(const Plan& plan, std::int64_t frame);

// How the frame's content moves, as a shift at the frame's centre and a growth about it. In pixels a frame; a
// growth of 0.01 makes what is shown 1% larger.
struct FrameMotion {
  double x = 0, y = 0, growth = 0;
  FrameMotion operator-(const FrameMotion& other) const {
    return {x - other.x, y - other.y, growth - other.growth};
  }
};

// Of a steady pair.
FrameMotion planned_motion(const PlannedPair& pair, const OutputSpec& output);

// How far the frame's pixels move by it: root mean square over the frame, in pixels.
double rms_pixels(const FrameMotion& motion, const OutputSpec& output);

// Where texts lie that `frame` shows, in its pixels. `uploaded` as for frame_plan.
std::vector<kernels::Rect> text_places(const Plan& plan, std::int64_t frame, const Uploaded& uploaded);

}  // namespace reeld::engine
