// A picture as the CPU device keeps it: linear light, premultiplied, 16 bits a channel, as a chain of mip
// levels. Level L + 1 is (n + 1) / 2 pixels of level L's n. In pixel-edge coordinates x_L = x_0 / 2^L at
// every size: pixel i of a level lies over pixels 2i and 2i + 1 of the level before, of which an odd picture
// repeats its last.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/device.hpp"

namespace reeld::kernels {

// One level's pixels: RGBA, 0..65535, rows without padding.
struct MipLevel {
  int width = 0, height = 0;
  std::vector<std::uint16_t> pixels;

  const std::uint16_t* row(int y) const {
    return pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * 4;
  }
};

// Immutable once made, so any number of threads may read it.
struct Picture {
  int width = 0, height = 0;  // of level 0, also where that is not kept
  int first_level = 0;        // levels[0] is this one; the last is 1x1
  std::vector<MipLevel> levels;
};

// `view` is valid. A first_level beyond the 1x1 level counts as that one.
Picture make_picture(const PictureView& view, int first_level);

}  // namespace reeld::kernels
