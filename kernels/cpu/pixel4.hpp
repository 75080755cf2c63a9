// Four floats side by side: a pixel's red, green, blue and alpha, linear and premultiplied. A vector type
// that g++ and clang++ both turn into SIMD registers.
#pragma once

namespace reeld::kernels {

using Pixel4 = float __attribute__((vector_size(16)));

inline Pixel4 pixel4(float v) {
  return Pixel4{v, v, v, v};
}

inline Pixel4 clamped01(Pixel4 v) {
  const Pixel4 zero = pixel4(0), one = pixel4(1);
  v = v < zero ? zero : v;
  return v > one ? one : v;
}

// Premultiplied `top` over `below`.
inline Pixel4 over(Pixel4 top, Pixel4 below) {
  return top + below * pixel4(1 - top[3]);
}

}  // namespace reeld::kernels
