// A frame in host memory that does not belong to an encoder. Used by whoever renders.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/device.hpp"

namespace reeld::engine {

struct PlaneSize {
  std::size_t row_bytes = 0, rows = 0;
};

// Planes without gaps, in the order of kernels::FrameView.
std::vector<PlaneSize> plane_sizes(kernels::PixelFormat format, int width, int height);

// A frame's memory, owned: its planes one behind the other, without gaps.
struct FrameBuffer {
  FrameBuffer(kernels::PixelFormat format, int width, int height);
  // `view` points into `bytes`.
  FrameBuffer(FrameBuffer&&) = default;
  FrameBuffer(const FrameBuffer&) = delete;

  void copy_to(const kernels::FrameView& target) const;

  kernels::PixelFormat format;
  std::vector<PlaneSize> sizes;
  std::vector<std::uint8_t> bytes;
  kernels::FrameView view;
};

}  // namespace reeld::engine
