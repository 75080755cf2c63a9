// How premultiplied linear pixels meet. Shared by all devices: plain functions, + - * min max alone.
#pragma once

#include "kernels/pixel/real.hpp"

namespace reeld::kernels {

// A filter with negative lobes overshoots at edges; what comes out is brought back to a colour that exists:
// alpha to 0..1, and each premultiplied channel to 0..alpha.
inline real4 existing_colour(real4 pixel) {
  real4 alpha = splat4(clamp01(pixel[3]));
  return max4(min4(pixel, alpha), splat4(0.0f));
}

// `top`, of which `coverage` (0..1, opacity included) lies on the pixel, over `under`.
inline real4 blend_over(real4 top, real4 under, float coverage) {
  real4 covered = top * splat4(coverage);
  return covered + under * splat4(1.0f - covered[3]);
}

// The transition's mix: weights of the two layers and of the colour between them. A weight of 1 beside two of
// 0 gives that layer's very bits, for 1 * v + 0 * w == v.
inline real4 mix_layers(real4 layer0, real4 layer1, real4 colour, float w0, float w1, float wc) {
  return layer0 * splat4(w0) + layer1 * splat4(w1) + colour * splat4(wc);
}

}  // namespace reeld::kernels
