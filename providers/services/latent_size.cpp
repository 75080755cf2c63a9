#include "providers/services/latent_size.hpp"

#include <algorithm>
#include <cmath>

namespace reeld::providers {

PictureSize latent_size(int width, int height, int max_pixels) {
  constexpr int kStep = 8, kLeast = 64;
  const double pixels = static_cast<double>(width) * height;
  const double scale = std::min(1.0, std::sqrt(max_pixels / pixels));
  const auto side = [&](int wished) {
    return std::max(kLeast, kStep * static_cast<int>(std::lround(wished * scale / kStep)));
  };
  return {side(width), side(height)};
}

}  // namespace reeld::providers
