// What is measured of a picture, as whole numbers: sums over its pixels of what pixel/statistics.inc defines.
// Every device gives the same. Ratios and scores are made of them on the host (engine/score/picture_scores).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace reeld::kernels {

// One row or column of pixels.
struct LineSums {
  std::uint32_t luma = 0;
  std::uint32_t squares = 0;  // of luma
  std::uint32_t steps = 0;    // |luma - luma of the row above, or the column to the left|; 0 in the first
  bool operator==(const LineSums&) const = default;
};

// Luma is 0..255. Beyond its edges a picture repeats its outermost pixels.
struct PictureStatistics {
  static constexpr int kBlockSize = 8;  // pixels, either side
  int width = 0, height = 0;
  std::array<std::uint64_t, 256> histogram{};  // of luma
  std::int64_t laplacian_sum = 0;
  std::uint64_t laplacian_squares = 0;
  std::uint64_t gradient_squares = 0;  // Sobel's, both directions
  std::uint64_t noise_sum = 0;         // |Immerkaer's mask|, of the pixels that are on no edge
  std::uint64_t band_squares = 0;      // of steps between flat runs, both directions
  std::int64_t red_green_sum = 0;      // R - G
  std::uint64_t red_green_squares = 0;
  std::int64_t yellow_blue_sum = 0;  // R + G - 2 B
  std::uint64_t yellow_blue_squares = 0;
  std::uint64_t clipped_count = 0;      // of pixels with a channel of 253 or more
  std::vector<LineSums> rows, columns;  // `height` and `width` of them
  // Luma summed over blocks of 8x8 pixels, row by row; what of a block lies beyond the picture repeats its
  // edge.
  std::vector<std::uint16_t> blocks;

  int block_columns() const { return (width + kBlockSize - 1) / kBlockSize; }
  int block_rows() const { return (height + kBlockSize - 1) / kBlockSize; }
  bool operator==(const PictureStatistics&) const = default;
};

// Of a picture of this size, before anything is counted.
PictureStatistics no_statistics(int width, int height);

// Adds what was counted of other pixels of the same picture.
void add_statistics(const PictureStatistics& part, PictureStatistics* whole);

}  // namespace reeld::kernels
