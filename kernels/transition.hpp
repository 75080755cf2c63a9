// Transitions on the host: what a frame's TransitionFrame is, worked out once a frame in double.
#pragma once

#include <span>
#include <string_view>

#include "kernels/frame_plan.hpp"

namespace reeld::kernels {

#include "kernels/pixel/transition_frame.inc"

// Which coordinate the weights depend on, so that a device with rows works them out once a tile or once a
// row. Weights that depend on both say y.
enum class MixAxis { none, x, y };

struct PreparedTransition {
  TransitionFrame frame = {};
  MixAxis axis = MixAxis::none;
  double shift_x[2] = {0, 0}, shift_y[2] = {0, 0};  // by which each layer is moved in the frame, pixels
};

struct TransitionRow {
  TransitionKind kind;
  std::string_view name;
  void (*prepare)(const Transition& transition, PreparedTransition* prepared);
};

// Every transition, in the order of TransitionKind (pixel/transition_list.inc).
std::span<const TransitionRow> transition_rows();

// `transition.kind` is one of transition_rows.
PreparedTransition prepare_transition(const Transition& transition, int width, int height);

}  // namespace reeld::kernels
