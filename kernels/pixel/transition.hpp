// The transitions: one row of kTransitions each. What differs from frame to frame is settled on the host in
// TransitionFrame; what differs from pixel to pixel is a weight function, shared by all devices.
//
// Coordinates are frame pixels, not 0..1: a pixel centre X + 0.5 is exact in a float up to 8192, so the seam
// of a slide is exact at its ends without a rounding to argue about.
#pragma once

#include <string_view>

#include "kernels/frame_plan.hpp"

namespace reeld::kernels {

// Weights of layer 0, layer 1 and the colour between them; they sum to 1.
struct MixWeights {
  float layer0 = 1, layer1 = 0, colour = 0;
};

// Which coordinate the weights depend on, so that a device with rows works them out once a row or once a
// column.
enum class MixAxis { none, x, y };

struct TransitionFrame {
  MixAxis axis = MixAxis::none;
  float progress = 0;
  // The distance, in pixels, that the new scene travels to reach (x, y): toward_x * x + toward_y * y + start.
  float toward_x = 0, toward_y = 0, start = 0;
  float edge = 0;       // where the ramp from layer 1 down to layer 0 ends, as such a distance
  float steepness = 1;  // of the ramp, a pixel
  double shift_x[2] = {0, 0}, shift_y[2] = {0, 0};  // by which each layer is moved in the frame, pixels
};

struct TransitionKernel {
  TransitionKind kind;
  std::string_view name;
  void (*prepare)(const Transition& transition, int width, int height, TransitionFrame* frame);
  MixWeights (*weights)(TransitionFrame frame, float x, float y);
};

extern const TransitionKernel kTransitions[5];

// The row of that kind; nullptr for a number that is none.
const TransitionKernel* find_transition(TransitionKind kind);

// Cut: layer 1 from the middle on.
MixWeights cut_weights(TransitionFrame frame, float x, float y);
// Crossfade: a straight mix in linear light.
MixWeights crossfade_weights(TransitionFrame frame, float x, float y);
// Fade through a colour: the first half into it, the second half out of it.
MixWeights fade_color_weights(TransitionFrame frame, float x, float y);
// Wipe and slide: a ramp along the way of travel. A slide's is one pixel wide and centred on the seam, which
// is the exact share of a pixel that each side covers.
MixWeights ramp_weights(TransitionFrame frame, float x, float y);

}  // namespace reeld::kernels
