// The mip chain's geometry, the same for every device. Level 0 is the full picture, level 2 a half of it,
// level 4 a quarter; between two of these lies three quarters of the larger: 1, 3/4, 1/2, 3/8, 1/4 ... In
// pixel-edge coordinates x_L = x_0 * reduction(L) at every size: a level's last pixel may lie partly outside
// of the picture.
#pragma once

namespace reeld::kernels {

// Of the picture's sides.
double mip_reduction(int level);

// Pixels of a side that has `size` in the full picture: never less than 1.
int mip_size(int size, int level);

// The level of 1x1, always an even one: there is none beyond it.
int smallest_mip_level(int width, int height);

}  // namespace reeld::kernels
