// Where a plan's pictures lie in the frame: the same for every device.
#pragma once

#include <string>

#include "base/result.hpp"
#include "kernels/frame_plan.hpp"
#include "kernels/taps.hpp"
#include "kernels/transition.hpp"

namespace reeld::kernels {

// What of a picture a placement depends on.
struct PictureShape {
  int width = 0, height = 0;  // of level 0, also where that is not kept
  int first_level = 0, level_count = 0;
};

// The maps are from frame pixels to pixels of `level`, of which the picture covers extent_x by extent_y.
struct Placement {
  int level = 0;
  AxisMap across, down;
  double extent_x = 0, extent_y = 0;
  float opacity = 1;
};

// A layer moved by the transition's shift shows at frame x what it would have shown at x - shift. Levels
// beyond the picture's smallest are that one. Errors: invalid_request where the level was not kept.
Result<Placement> place_layer(const FramePlan& plan, int index, const PreparedTransition& transition,
                              const PictureShape& picture);
// Errors: invalid_request where level 0 was not kept.
Result<Placement> place_overlay(const FramePlan& plan, int index, const PreparedTransition& transition,
                                const PictureShape& picture);

// Whether the picture lies on the whole of every one of `size` output pixels.
bool covers(const AxisWindows& windows, int size);

Error shrunk_too_far(const std::string& what, int index);

}  // namespace reeld::kernels
