#include "bench/reelbench/synthetic_picture.hpp"

namespace reeld::bench {

std::vector<std::uint8_t> synthetic_picture(int width, int height, int channels, std::uint32_t seed) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                static_cast<std::size_t>(channels));
  std::uint32_t state = seed * 2 + 1;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      // Numerical Recipes' generator; its high bits are good enough for grain of an eighth of the range.
      state = state * 1664525u + 1013904223u;
      const std::uint32_t grain = state >> 27;
      bytes.push_back(static_cast<std::uint8_t>(x * 220 / width + static_cast<int>(grain)));
      bytes.push_back(static_cast<std::uint8_t>(y * 220 / height + static_cast<int>(grain)));
      bytes.push_back(static_cast<std::uint8_t>(((x ^ y) & 127) + static_cast<int>(grain)));
      if (channels == 4) bytes.push_back(255);
    }
  }
  return bytes;
}

}  // namespace reeld::bench
