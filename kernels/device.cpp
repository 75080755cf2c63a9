#include "kernels/device.hpp"

#include "kernels/cpu/cpu_device.hpp"

namespace reeld::kernels {
namespace {

DeviceInfo absent(DeviceKind kind) {
  DeviceInfo info;
  info.kind = kind;
  info.name = device_kind_name(kind);
  info.why_not = "this version of reeld computes pixels on the CPU only; its " + info.name +
                 " kernels are not written yet";
  return info;
}

}  // namespace

std::string_view device_kind_name(DeviceKind kind) {
  switch (kind) {
    case DeviceKind::cpu:
      return "cpu";
    case DeviceKind::cuda:
      return "cuda";
    case DeviceKind::vulkan:
      return "vulkan";
  }
  return "cpu";
}

std::vector<DeviceInfo> list_devices() {
  return {cpu_info(), absent(DeviceKind::cuda), absent(DeviceKind::vulkan)};
}

Result<std::unique_ptr<Device>> open_device(DeviceKind kind) {
  if (kind != DeviceKind::cpu) return Error{Code::device_unavailable, absent(kind).why_not};
  return make_cpu_device();
}

}  // namespace reeld::kernels
