// The arithmetic type of a pixel: four floats R, G, B, A that go through + - * together. Part of the maths
// that every device shares, so its names stand in for GLSL's vec4 and CUDA's float4.
#pragma once

namespace reeld::kernels {

typedef float real4 __attribute__((vector_size(16)));

inline real4 splat4(float value) {
  return real4{value, value, value, value};
}

inline real4 min4(real4 a, real4 b) {
  return a < b ? a : b;
}

inline real4 max4(real4 a, real4 b) {
  return a > b ? a : b;
}

inline float clamp01(float value) {
  return value < 0.0f ? 0.0f : (value > 1.0f ? 1.0f : value);
}

}  // namespace reeld::kernels
