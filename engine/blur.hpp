// A Gaussian blur of coverage, for shadows.
#pragma once

#include <cstdint>

namespace reeld::engine {

// In place; 8 bits a pixel; sigma in pixels, nothing happens at 0 or below. Outside counts as 0.
void gaussian_blur(std::uint8_t* pixels, int width, int height, int stride_bytes, double sigma);

}  // namespace reeld::engine
