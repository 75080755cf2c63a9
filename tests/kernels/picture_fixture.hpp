// What the tests of devices share: every device of this machine, and one that remembers its pictures for the
// reference.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kernels/device.hpp"
#include "made_up.hpp"
#include "reference.hpp"

namespace reeld::kernels {

// Each instruction set of the CPU, and the GPUs that open here.
std::vector<std::unique_ptr<Device>> every_device();
// "cpu: AMD EPYC (AVX2)"
std::string device_title(const Device& device);

class Bench {
 public:
  Bench();  // on the CPU, at its best
  explicit Bench(std::unique_ptr<Device> device);
  PictureId add(const Raster& raster, int first_level = 0);
  Frame render(const FramePlan& plan);
  reference::Image expect(const FramePlan& plan) const { return reference::render(plan, pictures_); }
  Device& device() { return *device_; }

 private:
  std::unique_ptr<Device> device_;
  std::vector<reference::Image> pictures_;  // by id
};
}  // namespace reeld::kernels
