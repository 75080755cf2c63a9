// The frame kernel on CUDA, from compute capability 7.5 on.
#pragma once

#include <memory>
#include <vector>

#include "kernels/gpu/backend.hpp"

namespace reeld::kernels {

// Every CUDA device of this machine, usable or not; one row with the reason where there is none.
std::vector<DeviceInfo> list_cuda_devices();

// Errors: device_unavailable.
Result<std::unique_ptr<GpuBackend>> open_cuda_backend(int index);

}  // namespace reeld::kernels
