// The frame kernel on Vulkan: any device of 1.1 or later that gives buffers' addresses
// (VK_KHR_buffer_device_address).
#pragma once

#include <memory>
#include <vector>

#include "kernels/gpu/backend.hpp"

namespace reeld::kernels {

// Every Vulkan device of this machine, usable or not; one row with the reason where there is none.
std::vector<DeviceInfo> list_vulkan_devices();

// Errors: device_unavailable.
Result<std::unique_ptr<GpuBackend>> open_vulkan_backend(int index);

}  // namespace reeld::kernels
