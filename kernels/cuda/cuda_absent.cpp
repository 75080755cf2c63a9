// In the place of the CUDA backend where the program is built without it.
#include "kernels/cuda/cuda_backend.hpp"

namespace reeld::kernels {

std::vector<DeviceInfo> list_cuda_devices() {
  return {{DeviceKind::cuda, 0, "CUDA", 0, false,
           "this build of reeld has no CUDA device, for nvcc was not there when it was built; use the vulkan "
           "or the cpu "
           "device"}};
}

Result<std::unique_ptr<GpuBackend>> open_cuda_backend(int) {
  return Error{Code::device_unavailable, list_cuda_devices().front().why_not};
}

}  // namespace reeld::kernels
