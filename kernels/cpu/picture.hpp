// A picture as the CPU device keeps it: linear light, premultiplied, 16 bits, with its mip chain.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/cpu/pixel4.hpp"
#include "kernels/device.hpp"

namespace reeld::kernels {

// RGBA of 16 bits a channel: 65535 is linear 1.0. The first step of 8-bit sRGB is 20 of these.
struct MipLevel {
  int width = 0, height = 0;
  std::vector<std::uint16_t> pixels;  // stride is width * 4

  // Pixels [begin, end) of row y as floats 0..1; positions outside of the level repeat its edge.
  void read_row(int y, int begin, int end, Pixel4* out) const;
};

// Level L has ceil(size / 2^L) pixels a side, and position p of the picture lies at p / 2^L.
struct CpuPicture {
  int width = 0, height = 0;
  int first_level = 0;
  std::vector<MipLevel> levels;  // from first_level to 1x1
};

// Rows are converted and reduced one after the other, so that a large picture's lower levels are never held.
CpuPicture make_picture(const PictureView& view, int first_level);

}  // namespace reeld::kernels
