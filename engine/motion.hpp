// From a scene's motion as asked to two rectangles in picture pixels, each of the output's aspect. Pure.
#pragma once

#include <cstdint>

#include "engine/plan.hpp"

namespace reeld::engine {

// width and height of the output and of the picture, in pixels, all at least 1.
struct MotionFrame {
  int output_width = 0, output_height = 0;
  int picture_width = 0, picture_height = 0;
};

// The mip level to sample (kernels/mip_level.hpp) where an output pixel has `scale` picture pixels: the
// smallest that is sharp enough for it.
int sampled_level(double scale, int picture_width, int picture_height);

// `scene` and `seed` decide what "auto" does, and nothing else.
PlanMotion plan_motion(const MotionSpec& spec, const MotionFrame& frame, std::uint64_t seed, int scene);

// The rectangle at eased progress u in 0..1; exactly from at 0 and to at 1.
kernels::Rect rect_at(const PlanMotion& motion, double u);

}  // namespace reeld::engine
