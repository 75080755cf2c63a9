// The vector kernels that this processor can run.
#pragma once

#include <vector>

#include "kernels/cpu/tile.hpp"

namespace reeld::kernels {

// Best first; empty where the program was built without Highway.
std::vector<CpuKernels> highway_kernels();

}  // namespace reeld::kernels
