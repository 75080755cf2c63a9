// What of the maths is worked out once a frame, over doubles: a slow pan's place needs more bits than a
// pixel's colour.
#pragma once

namespace reeld::kernels::exact {

#undef PIXEL_FN
#define PIXEL_FN [[maybe_unused]] static inline

typedef double real;
typedef bool mask;

PIXEL_FN real real_of(float value) {
  return static_cast<double>(value);
}
PIXEL_FN real greater(real a, real b) {
  return a > b ? a : b;
}
PIXEL_FN mask is_less(real a, real b) {
  return a < b;
}
PIXEL_FN real select(mask which, real yes, real no) {
  return which ? yes : no;
}

// The words above come first.
#include "kernels/pixel/catmull_rom.inc"
#include "kernels/pixel/easing.inc"

}  // namespace reeld::kernels::exact
