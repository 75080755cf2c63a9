// Whether a device computes what it should, without a test framework.
#pragma once

#include <string>

#include "kernels/device.hpp"

namespace reeld::kernels {

// Renders `count` random plans on the device and on the CPU's scalar path, which must give the same bytes,
// and where frames show level 0 alone also by the float64 reference, which may differ by one code value of 8
// bits. Empty where all is well, else the first thing that is not.
std::string disagreement(Device& device, int count);

// Measures pictures of nine sizes on the device and on the CPU's scalar path, which must give the same
// numbers. Empty where all is well.
std::string measuring_disagreement(Device& device);

}  // namespace reeld::kernels
