// The device that is always there.
#pragma once

#include <memory>

#include "kernels/device.hpp"

namespace reeld::kernels {

DeviceInfo cpu_info();
std::unique_ptr<Device> make_cpu_device();

}  // namespace reeld::kernels
