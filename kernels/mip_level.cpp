#include "kernels/mip_level.hpp"

#include <algorithm>
#include <cmath>

namespace reeld::kernels {

double mip_reduction(int level) {
  const double of_even = std::ldexp(1.0, -(level / 2));
  return level % 2 == 0 ? of_even : 0.75 * of_even;
}

int mip_size(int size, int level) {
  for (int i = 0; i < level / 2; ++i) {
    size = (size + 1) / 2;
  }
  return level % 2 == 0 ? size : (3 * size + 3) / 4;
}

int smallest_mip_level(int width, int height) {
  int level = 0;
  for (int size = std::max(width, height); size > 1; size = (size + 1) / 2) {
    level += 2;
  }
  return level;
}

}  // namespace reeld::kernels
