// The maths of a pixel in plain floats, for the host: what it shares with the devices, and the CPU's scalar
// path.
#pragma once

#include <bit>

#include "kernels/transition.hpp"

namespace reeld::kernels::host {

#include "kernels/pixel/vocabulary_float.inc"
// The vocabulary comes first.
#include "kernels/pixel/pixel.inc"

}  // namespace reeld::kernels::host
