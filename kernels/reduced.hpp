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

// Of 64 codes of p010's 10 bits: what 8 bits would have come to, rounded, so that films of either depth are
// measured alike. Nothing is lost: a block's mean stays true to a 64th of an 8-bit code.
constexpr int reduced_of_deep(int sum) {
  return (sum + 2) >> 2;
}

// Writes to `frame.reduced`, rows of reduced_size(plan.width) without gaps, the blocks of the columns from
// x0, a multiple of 8, to `x1`. Each sum is at most 64 * 255. The planes lie in host memory.
void reduce_columns(const FramePlan& plan, const FrameView& frame, int x0, int x1);

}  // namespace reeld::kernels
