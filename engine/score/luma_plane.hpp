// A frame as films are measured by: one value for each 8x8 block of its luma (kernels/reduced.hpp), in
// levels, 0 to 255 from black to white. Runs in workers. Pure.
#pragma once

#include <cstdint>
#include <vector>

namespace reeld::engine {

using ReducedLuma = std::vector<std::uint16_t>;  // as kernels/reduced.hpp makes it

struct LumaFacts {
  double mean = 0;           // levels
  double low = 0, high = 0;  // levels below which 5% and 95% of the blocks lie
  double dark_share = 0;     // of the blocks, 0..1: those that count as black
};

// A block is black below a tenth of the way from black to white.
inline constexpr double kBlackLevel = 25.5;

LumaFacts luma_facts(const ReducedLuma& reduced);

// Smoothed by 1-2-1 both ways, so that it can be shifted by parts of a block: a block's mean holds detail
// that is finer than blocks, which no interpolation brings to another place.
struct LumaPlane {
  int width = 0, height = 0;  // whole blocks; those that the frame's edge cuts are left out
  std::vector<float> levels;

  const float* row(int y) const { return levels.data() + static_cast<std::size_t>(y * width); }
};

// Of a frame of that size.
LumaPlane smoothed(const ReducedLuma& reduced, int frame_width, int frame_height);

}  // namespace reeld::engine
