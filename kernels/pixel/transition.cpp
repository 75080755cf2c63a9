#include "kernels/pixel/transition.hpp"

#include <algorithm>

#include "kernels/pixel/real.hpp"

namespace reeld::kernels {
namespace {

void prepare_even(const Transition& transition, int, int, TransitionFrame* frame) {
  frame->progress = transition.progress;
}

// Sets the way of travel and returns its length in pixels.
int prepare_travel(Direction direction, int width, int height, TransitionFrame* frame) {
  bool along_x = direction == Direction::left || direction == Direction::right;
  bool forward = direction == Direction::right || direction == Direction::down;
  int length = along_x ? width : height;
  float toward = forward ? 1.0f : -1.0f;
  frame->axis = along_x ? MixAxis::x : MixAxis::y;
  frame->toward_x = along_x ? toward : 0.0f;
  frame->toward_y = along_x ? 0.0f : toward;
  frame->start = forward ? 0.0f : static_cast<float>(length);
  return length;
}

// The ramp starts wholly before the frame and ends wholly behind it. It is at least a pixel wide, so that a
// hard edge is anti-aliased.
void prepare_wipe(const Transition& transition, int width, int height, TransitionFrame* frame) {
  int length = prepare_travel(transition.direction, width, height, frame);
  double ramp = std::max(1.0, static_cast<double>(transition.softness) * length);
  frame->edge = static_cast<float>(static_cast<double>(transition.progress) * (length + ramp));
  frame->steepness = static_cast<float>(1 / ramp);
}

void prepare_slide(const Transition& transition, int width, int height, TransitionFrame* frame) {
  int length = prepare_travel(transition.direction, width, height, frame);
  double travelled = static_cast<double>(transition.progress) * length;
  frame->edge = static_cast<float>(travelled + 0.5);
  double toward = frame->axis == MixAxis::x ? frame->toward_x : frame->toward_y;
  double* shift = frame->axis == MixAxis::x ? frame->shift_x : frame->shift_y;
  shift[0] = toward * travelled;
  shift[1] = toward * (travelled - length);
}

}  // namespace

const TransitionKernel kTransitions[5] = {
    {TransitionKind::cut, "cut", prepare_even, cut_weights},
    {TransitionKind::crossfade, "crossfade", prepare_even, crossfade_weights},
    {TransitionKind::fade_color, "fade_color", prepare_even, fade_color_weights},
    {TransitionKind::wipe, "wipe", prepare_wipe, ramp_weights},
    {TransitionKind::slide, "slide", prepare_slide, ramp_weights},
};

const TransitionKernel* find_transition(TransitionKind kind) {
  for (const TransitionKernel& row : kTransitions) {
    if (row.kind == kind) {
      return &row;
    }
  }
  return nullptr;
}

MixWeights cut_weights(TransitionFrame frame, float, float) {
  float later = frame.progress >= 0.5f ? 1.0f : 0.0f;
  return MixWeights{1.0f - later, later, 0.0f};
}

MixWeights crossfade_weights(TransitionFrame frame, float, float) {
  return MixWeights{1.0f - frame.progress, frame.progress, 0.0f};
}

MixWeights fade_color_weights(TransitionFrame frame, float, float) {
  float layer0 = clamp01(1.0f - 2.0f * frame.progress);
  float layer1 = clamp01(2.0f * frame.progress - 1.0f);
  return MixWeights{layer0, layer1, 1.0f - (layer0 + layer1)};
}

MixWeights ramp_weights(TransitionFrame frame, float x, float y) {
  float distance = frame.toward_x * x + frame.toward_y * y + frame.start;
  float layer1 = clamp01((frame.edge - distance) * frame.steepness);
  return MixWeights{1.0f - layer1, layer1, 0.0f};
}

}  // namespace reeld::kernels
