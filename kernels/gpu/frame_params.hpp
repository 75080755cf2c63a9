// gpu/frame_params.inc in C++.
#pragma once

#include <cstdint>

#include "kernels/transition.hpp"

namespace reeld::kernels::gpu {

#define ADDRESS std::uint64_t
#include "kernels/gpu/frame_params.inc"
#undef ADDRESS

static_assert(sizeof(PlacedParams) == 112 && sizeof(FrameParams) == 136 + kMaxPlaced * sizeof(PlacedParams),
              "std430 lays it out without gaps");
static_assert(kMaxPlaced == kMaxLayers + kMaxOverlays);

}  // namespace reeld::kernels::gpu
