// Rows of an uploaded picture into packed linear samples.
#pragma once

#include "kernels/cpu/picture.hpp"

namespace reeld::kernels {

// Whether every pixel's alpha is full: then alpha is neither kept nor filtered.
bool is_opaque(const PictureView& view);

// Rows first_row (a multiple of PackedLevel::kBlockRows) to last_row of the picture.
PackedLevel pack_rows(const PictureView& view, int channels, int first_row, int last_row);

}  // namespace reeld::kernels
