// Rows of an uploaded picture into packed linear samples.
#pragma once

#include "kernels/cpu/picture.hpp"

namespace reeld::kernels {

// Waits until the first `count` rows of the picture are there, where they are still arriving.
Result<void> wait_for_rows(const PictureView& view, int count);

// Whether every pixel's alpha is full: then alpha is neither kept nor filtered. All rows are there, or it is
// known to be.
bool is_opaque(const PictureView& view);

// Rows first_row (a multiple of PackedLevel::kBlockRows) to last_row of the picture, as they arrive. In
// `memory`, where that has the room.
Result<PackedLevel> pack_rows(const PictureView& view, int channels, int first_row, int last_row,
                              AlignedArray<std::int16_t> memory = {});

}  // namespace reeld::kernels
