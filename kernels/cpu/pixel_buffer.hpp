// Rows of linear premultiplied RGBA float pixels, aligned for vector loads. Grows, never shrinks, starts
// zeroed: a row that nobody filled is finite, so that a weight of 0 really takes it away.
#pragma once

#include <algorithm>
#include <cstddef>

#include "kernels/pixel/real.hpp"

namespace reeld::kernels {

class PixelBuffer {
 public:
  PixelBuffer() = default;
  ~PixelBuffer() { delete[] pixels_; }
  PixelBuffer(const PixelBuffer&) = delete;
  PixelBuffer& operator=(const PixelBuffer&) = delete;

  // Room for `count` pixels; what was in it is lost where it grows.
  void reserve(std::size_t count) {
    if (count > count_) {
      delete[] pixels_;
      pixels_ = nullptr;
      count_ = 0;
      pixels_ = new real4[count];
      count_ = count;
      std::fill(pixels_, pixels_ + count, splat4(0.0f));
    }
  }

  real4* data() { return pixels_; }

 private:
  real4* pixels_ = nullptr;
  std::size_t count_ = 0;
};

}  // namespace reeld::kernels
