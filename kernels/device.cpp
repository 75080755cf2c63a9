#include "kernels/device.hpp"

#include "kernels/cpu/cpu_device.hpp"

namespace reeld::kernels {

std::string_view device_kind_name(DeviceKind kind) {
  switch (kind) {
    case DeviceKind::cpu:
      return "cpu";
    case DeviceKind::cuda:
      return "cuda";
    case DeviceKind::vulkan:
      return "vulkan";
  }
  return "unknown";
}

std::vector<DeviceInfo> list_devices() {
  return {
      cpu_device_info(cpu_kernels().front()),
      {DeviceKind::cuda, 0, "CUDA", 0,
       "this build of reeld has no CUDA device, for its kernels are not written yet; use the cpu device"},
      {DeviceKind::vulkan, 0, "Vulkan", 0,
       "this build of reeld has no Vulkan device, for its kernels are not written yet; use the cpu device"},
  };
}

Result<std::unique_ptr<Device>> open_device(DeviceKind kind, int) {
  for (const DeviceInfo& info : list_devices()) {
    if (info.kind == kind && !info.why_not.empty()) {
      return Error{Code::device_unavailable, info.why_not};
    }
  }
  if (kind != DeviceKind::cpu) {
    return Error{Code::device_unavailable, "this program knows no device of that kind"};
  }
  return std::unique_ptr<Device>(std::make_unique<CpuDevice>());
}

}  // namespace reeld::kernels
