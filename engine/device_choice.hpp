// Which device a worker computes on. Opened at its first use and kept as long as the process: opening a GPU
// takes longer than a frame.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "kernels/device.hpp"

namespace reeld::engine {

// "cpu", "cuda", "vulkan", or "auto": the best that opens, of which a GPU's API emulated on the CPU is none.
// Errors: device_unavailable with every reason, path "/output/device".
Result<std::shared_ptr<kernels::Device>> device_named(const std::string& name);

// From here on device_use counts anew. A worker's task begins with it.
void begin_device_use();

// What the devices that were named since did and held, all together.
kernels::DeviceUsage device_use();

// Forgets the devices opened so far, after one was lost: the next use opens anew.
void forget_devices();

}  // namespace reeld::engine
