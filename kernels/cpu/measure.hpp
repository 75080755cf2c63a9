// Measuring a picture on the CPU: bands of rows, each by one thread, whose sums are added. A band's loop is
// compiled once for each instruction set (measure_rows.inc) and once without (measure_scalar.cpp).
#pragma once

#include "kernels/cpu/tile.hpp"
#include "kernels/statistics.hpp"

namespace reeld::kernels {

// The rows of luma that row y is measured with, for runs across its upper border: y - 4 to y + 3.
inline constexpr int kRowsAbove = 4;
inline constexpr int kRowsBelow = 3;
inline constexpr int kRowsHeld = 8;
static_assert(kRowsAbove + 1 + kRowsBelow == kRowsHeld);

// R'G'B' as it is measured: over black where it is transparent.
struct MeasuredRgb {
  int r, g, b;
};
MeasuredRgb measured_rgb(const std::uint8_t* rgba, AlphaKind alpha);
int measured_luma(const std::uint8_t* rgba, AlphaKind alpha);

// Adds a row of blocks. `lumas` are summed over 8 rows, one for each of the columns first_column to
// first_column + count; the picture's last counts for all that lie beyond it in its block.
void add_blocks(const std::uint16_t* lumas, int first_column, int count, int block_row,
                PictureStatistics* sums);

// By `thread_count` threads, this one among them; `picture` is valid. Throws bad_alloc.
PictureStatistics measure_by_bands(const PictureView& picture, const CpuKernels& kernels, int thread_count);

// CpuKernels::measure_rows in plain numbers.
void measure_rows_scalar(const PictureView& picture, int first, int end, PictureStatistics* sums);

}  // namespace reeld::kernels
