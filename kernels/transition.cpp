#include "kernels/transition.hpp"

#include <algorithm>

namespace reeld::kernels {
namespace {

// One set of weights for the whole frame.
void prepare_uniform(const Transition&, PreparedTransition*) {}

// Weights that are worked out for each pixel from the progress and the frame's size.
[[maybe_unused]] void prepare_by_pixel(const Transition&, PreparedTransition* prepared) {
  prepared->axis = MixAxis::y;
}

// Sets the way of travel and returns its length in pixels.
double prepare_travel(Direction direction, PreparedTransition* prepared) {
  TransitionFrame& frame = prepared->frame;
  bool along_x = direction == Direction::left || direction == Direction::right;
  bool forward = direction == Direction::right || direction == Direction::down;
  float length = along_x ? frame.width : frame.height;
  float toward = forward ? 1.0f : -1.0f;
  prepared->axis = along_x ? MixAxis::x : MixAxis::y;
  frame.toward_x = along_x ? toward : 0.0f;
  frame.toward_y = along_x ? 0.0f : toward;
  frame.start = forward ? 0.0f : length;
  return static_cast<double>(length);
}

// The ramp starts wholly before the frame and ends wholly behind it. It is at least a pixel wide, so that a
// hard edge is anti-aliased.
void prepare_wipe(const Transition& transition, PreparedTransition* prepared) {
  double length = prepare_travel(transition.direction, prepared);
  double ramp = std::max(1.0, static_cast<double>(transition.softness) * length);
  prepared->frame.edge = static_cast<float>(static_cast<double>(transition.progress) * (length + ramp));
  prepared->frame.steepness = static_cast<float>(1 / ramp);
}

void prepare_slide(const Transition& transition, PreparedTransition* prepared) {
  double length = prepare_travel(transition.direction, prepared);
  double travelled = static_cast<double>(transition.progress) * length;
  prepared->frame.edge = static_cast<float>(travelled + 0.5);
  prepared->frame.steepness = 1.0f;
  bool along_x = prepared->axis == MixAxis::x;
  auto toward = static_cast<double>(along_x ? prepared->frame.toward_x : prepared->frame.toward_y);
  double* shift = along_x ? prepared->shift_x : prepared->shift_y;
  shift[0] = toward * travelled;
  shift[1] = toward * (travelled - length);
}

constexpr TransitionRow kRows[] = {
#define TRANSITION(name, prepare, weights) {TransitionKind::name, #name, prepare},
#include "kernels/pixel/transition_list.inc"
#undef TRANSITION
};

}  // namespace

std::span<const TransitionRow> transition_rows() {
  return kRows;
}

PreparedTransition prepare_transition(const Transition& transition, int width, int height) {
  PreparedTransition prepared;
  prepared.frame.kind = static_cast<int>(transition.kind);
  prepared.frame.progress = transition.progress;
  prepared.frame.width = static_cast<float>(width);
  prepared.frame.height = static_cast<float>(height);
  kRows[static_cast<std::size_t>(transition.kind)].prepare(transition, &prepared);
  return prepared;
}

}  // namespace reeld::kernels
