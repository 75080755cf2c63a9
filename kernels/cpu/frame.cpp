#include "kernels/cpu/frame.hpp"

#include "kernels/placement.hpp"

namespace reeld::kernels {
namespace {

bool place(const Placement& placement, const PackedLevel& level, const FramePlan& plan, AxisWindows* windows,
           PlacedPicture* placed) {
  placed->level = &level;
  placed->opacity = placement.opacity;
  if (!make_axis_windows(placement.across, level.width, placement.extent_x, plan.width, windows)) {
    return false;
  }
  make_axis_taps(*windows, level.width, plan.width, &placed->columns);
  placed->fills = level.channels == 3 && placement.opacity == 1.0f && covers(*windows, plan.width);
  if (!make_axis_windows(placement.down, level.height, placement.extent_y, plan.height, windows)) {
    return false;
  }
  make_axis_taps(*windows, level.height, plan.height, &placed->rows);
  placed->fills = placed->fills && covers(*windows, plan.height);
  return true;
}

}  // namespace

Result<void> FrameRenderer::begin(const FramePlan& plan, const FramePictures& pictures,
                                  const FrameView& out) {
  job_.plan = &plan;
  job_.out = out;
  job_.mixes = plan.layer_count == 2;
  job_.transition =
      job_.mixes ? prepare_transition(plan.transition, plan.width, plan.height) : PreparedTransition{};
  for (int i = 0; i < plan.layer_count; ++i) {
    const Picture& picture = *pictures.layers[i];
    REELD_ASSIGN(const Placement placement, place_layer(plan, i, job_.transition, shape_of(picture)));
    const auto level = static_cast<std::size_t>(placement.level - picture.first_level);
    if (!place(placement, picture.levels[level], plan, &windows_, &job_.layers[i])) {
      return shrunk_too_far("layer", i);
    }
  }
  for (int i = 0; i < plan.overlay_count; ++i) {
    const Picture& picture = *pictures.overlays[i];
    REELD_ASSIGN(const Placement placement, place_overlay(plan, i, job_.transition, shape_of(picture)));
    if (!place(placement, picture.levels[0], plan, &windows_, &job_.overlays[i])) {
      return shrunk_too_far("overlay", i);
    }
  }
  scratch_.edges.resize(static_cast<std::size_t>(plan.height / 2) * 2);
  return {};
}

void FrameRenderer::render_tile(const CpuKernels& kernels, int x) {
  for (int i = 0; i < job_.plan->layer_count; ++i) {
    scratch_.layers[i].begin(job_.layers[i]);
  }
  for (int i = 0; i < job_.plan->overlay_count; ++i) {
    scratch_.overlays[i].begin(job_.overlays[i]);
  }
  kernels.render_tile(job_, scratch_, x);
}

}  // namespace reeld::kernels
