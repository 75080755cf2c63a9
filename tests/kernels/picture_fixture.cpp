#include "picture_fixture.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "kernels/cpu/cpu_device.hpp"

namespace reeld::kernels {

std::vector<std::unique_ptr<Device>> every_device() {
  std::vector<std::unique_ptr<Device>> devices;
  for (const CpuKernels& kernels : cpu_kernels()) {
    devices.push_back(std::make_unique<CpuDevice>(kernels));
  }
  for (const DeviceInfo& info : list_devices()) {
    if (info.kind != DeviceKind::cpu && info.why_not.empty()) {
      auto opened = open_device(info.kind, info.index);
      REQUIRE(opened);
      devices.push_back(*std::move(opened));
    }
  }
  return devices;
}

std::string device_title(const Device& device) {
  return std::string(device_kind_name(device.info().kind)) + ": " + device.info().name;
}

Bench::Bench() : Bench(std::make_unique<CpuDevice>()) {}

Bench::Bench(std::unique_ptr<Device> device) : device_(std::move(device)), pictures_(1) {}

PictureId Bench::add(const Raster& raster, int first_level) {
  auto id = device_->upload(raster.view(), {first_level});
  REQUIRE(id);
  pictures_.resize(std::max<std::size_t>(pictures_.size(), *id + 1));
  pictures_[*id] = reference::decode(raster.view());
  return *id;
}

Frame Bench::render(const FramePlan& plan) {
  Frame frame(plan.width, plan.height, plan.format);
  auto result = device_->render(plan, frame.view());
  INFO((result ? "" : result.error().message));
  REQUIRE(result);
  return frame;
}

}  // namespace reeld::kernels
