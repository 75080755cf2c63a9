// In the place of the Vulkan backend where the program is built without it.
#include "kernels/vulkan/vulkan_backend.hpp"

namespace reeld::kernels {

std::vector<DeviceInfo> list_vulkan_devices() {
  return {{DeviceKind::vulkan, 0, "Vulkan", 0, false,
           "this build of reeld has no Vulkan device, for Vulkan's headers or glslc were not there when it "
           "was built; "
           "use the cpu device"}};
}

Result<std::unique_ptr<GpuBackend>> open_vulkan_backend(int) {
  return Error{Code::device_unavailable, list_vulkan_devices().front().why_not};
}

}  // namespace reeld::kernels
