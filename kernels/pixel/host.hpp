// The maths of a pixel in plain floats, for the host: what it shares with the devices, and the CPU's scalar
// path.
#pragma once

#include <bit>

#include "kernels/transition.hpp"

namespace reeld::kernels::host {

#include "kernels/pixel/vocabulary_float.inc"
// Each needs the words of the one before.
// clang-format off
#include "kernels/pixel/pixel.inc"
#include "kernels/pixel/vocabulary_whole.inc"
#include "kernels/pixel/statistics.inc"
// clang-format on

}  // namespace reeld::kernels::host
