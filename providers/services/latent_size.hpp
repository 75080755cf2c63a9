// Sizes that diffusion models take. Private to services/.
#pragma once

#include "providers/services/picture_bytes.hpp"

namespace reeld::providers {

// The size nearest to the one wished whose sides are multiples of 8, from 64 up, and which has about
// `max_pixels` at most: models repeat their subject in pictures much larger than those they learned from.
PictureSize latent_size(int width, int height, int max_pixels);

}  // namespace reeld::providers
