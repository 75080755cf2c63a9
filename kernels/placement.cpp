#include "kernels/placement.hpp"

#include <algorithm>

#include "kernels/mip_level.hpp"

namespace reeld::kernels {
namespace {

Error invalid(const std::string& what, int index, const std::string& why) {
  return Error{Code::invalid_request, what + " " + std::to_string(index) + ": " + why};
}

Placement at_level(int level, AxisMap across, AxisMap down, const PictureShape& picture, float opacity) {
  const double reduction = mip_reduction(level);
  return {level,
          {across.origin * reduction, across.scale * reduction},
          {down.origin * reduction, down.scale * reduction},
          picture.width * reduction,
          picture.height * reduction,
          opacity};
}

}  // namespace

Result<Placement> place_layer(const FramePlan& plan, int index, const PreparedTransition& transition,
                              const PictureShape& picture) {
  const Layer& layer = plan.layers[static_cast<std::size_t>(index)];
  int level = std::min(layer.level, smallest_mip_level(picture.width, picture.height));
  if (level < picture.first_level || level >= picture.first_level + picture.level_count) {
    return invalid("layer", index,
                   "mip level " + std::to_string(level) + " was not kept when the picture was uploaded");
  }
  double scale_x = layer.source.w / plan.width;
  double scale_y = layer.source.h / plan.height;
  AxisMap across{layer.source.x - transition.shift_x[index] * scale_x, scale_x};
  AxisMap down{layer.source.y - transition.shift_y[index] * scale_y, scale_y};
  return at_level(level, across, down, picture, 1.0f);
}

Result<Placement> place_overlay(const FramePlan& plan, int index, const PreparedTransition& transition,
                                const PictureShape& picture) {
  const Overlay& overlay = plan.overlays[static_cast<std::size_t>(index)];
  if (picture.first_level > 0) {
    return invalid("overlay", index, "its picture was uploaded without mip level 0");
  }
  double x = overlay.x;
  double y = overlay.y;
  if (overlay.layer != Overlay::kOnTop) {
    x += transition.shift_x[overlay.layer];
    y += transition.shift_y[overlay.layer];
  }
  return at_level(0, {-x, 1}, {-y, 1}, picture, overlay.opacity);
}

bool covers(const AxisWindows& windows, int size) {
  return windows.begin == 0 && windows.end == size &&
         std::all_of(windows.coverage.begin(), windows.coverage.end(),
                     [](float share) { return share == 1.0f; });
}

Error shrunk_too_far(const std::string& what, int index) {
  return invalid(what, index, "the picture is shrunk too far; sample a higher mip level");
}

}  // namespace reeld::kernels
