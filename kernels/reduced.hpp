// The reduced luma of a frame: the sum of the codes of each 8x8 block of Y, from which a film is measured
// while it is rendered. A block is one whole pattern of the dither, which has no mean there: a block's mean
// is true to a 25th of a code, though the codes themselves are whole.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/device.hpp"

namespace reeld::kernels {

inline constexpr int kReducedBlock = 8;

// Blocks over `size` pixels; the last may reach beyond them, and repeats the last pixel there.
constexpr int reduced_size(int size) {
  return (size + kReducedBlock - 1) / kReducedBlock;
}

// What 8 bits of luma are called; p010's 10 bits count by their upper 8.
constexpr int luma_bytes(PixelFormat format) {
  return format == PixelFormat::p010 ? 2 : 1;
}

// Writes to `frame.reduced`, rows of reduced_size(plan.width) without gaps, the blocks of the columns from
// x0, a multiple of 8, to `x1`. Each sum is at most 64 * 255. The planes lie in host memory.
void reduce_columns(const FramePlan& plan, const FrameView& frame, int x0, int x1);

}  // namespace reeld::kernels
