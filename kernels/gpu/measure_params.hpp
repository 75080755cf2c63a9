// gpu/measure_params.inc in C++.
#pragma once

#include <cstdint>

namespace reeld::kernels::gpu {

#define ADDRESS std::uint64_t
#include "kernels/gpu/measure_params.inc"
#undef ADDRESS

static_assert(sizeof(MeasureParams) == 56, "std430 lays it out without gaps");

}  // namespace reeld::kernels::gpu
