// Rounding to 8 bits by a fixed pattern, so that slow gradients do not band and the same frame always has the
// same bits.
#pragma once

namespace reeld::kernels {

// Bayer's 8x8 order, as thresholds -31.5/64 .. +31.5/64 of a code value: their mean is 0, so means are kept.
inline float dither_threshold(int x, int y) {
  const int a = x ^ y;
  const int order =
      ((a & 1) << 5) | ((y & 1) << 4) | ((a & 2) << 2) | ((y & 2) << 1) | ((a & 4) >> 1) | ((y & 4) >> 2);
  return (static_cast<float>(order) - 31.5f) / 64.0f;
}

// value + threshold to the nearest code, 0..255.
inline int dithered_code(float value, int x, int y) {
  const float v = value + dither_threshold(x, y) + 0.5f;
  const float clamped = v < 0.0f ? 0.0f : (v > 255.0f ? 255.0f : v);
  return static_cast<int>(clamped);
}

}  // namespace reeld::kernels
