// The fixed ordered dither that turns fractions of a code value into a pattern instead of bands.
#pragma once

namespace reeld::kernels {

inline constexpr int kDitherSize = 8;

// The 8x8 Bayer threshold at (x, y) in code values: 64 equal steps, centred, so in -63/128..+63/128. It stays
// inside +-0.5 so that a value that is already a whole code is never moved.
inline float dither_offset(int x, int y) {
  int rank = 0;
  for (int bit = 0; bit < 3; ++bit) {
    int bit_x = (x >> bit) & 1;
    int bit_y = (y >> bit) & 1;
    rank = rank * 4 + (bit_x ^ bit_y) * 2 + bit_y;
  }
  return (static_cast<float>(rank) + 0.5f) * (1.0f / 64.0f) - 0.5f;
}

}  // namespace reeld::kernels
