// In the place of tile_highway.cpp where the program is built without Highway: the scalar kernels are all
// there is.
#include "kernels/cpu/tile_highway.hpp"

namespace reeld::kernels {

std::vector<CpuKernels> highway_kernels() {
  return {};
}

}  // namespace reeld::kernels
