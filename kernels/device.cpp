#include "kernels/device.hpp"

#include "kernels/cpu/cpu_device.hpp"
#include "kernels/cuda/cuda_backend.hpp"
#include "kernels/gpu/gpu_device.hpp"
#include "kernels/vulkan/vulkan_backend.hpp"

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

Result<void> Device::render_all(std::span<const FramePlan> plans, std::span<const FrameView> outs) {
  for (std::size_t i = 0; i < plans.size(); ++i) {
    REELD_TRY(render(plans[i], outs[i]));
  }
  return {};
}

std::vector<DeviceInfo> list_devices(DeviceKind kind) {
  switch (kind) {
    case DeviceKind::cuda:
      return list_cuda_devices();
    case DeviceKind::vulkan:
      return list_vulkan_devices();
    case DeviceKind::cpu:
      break;
  }
  return {cpu_device_info(cpu_kernels().front())};
}

std::vector<DeviceInfo> list_devices() {
  std::vector<DeviceInfo> devices;
  for (DeviceKind kind : {DeviceKind::cpu, DeviceKind::cuda, DeviceKind::vulkan}) {
    const auto more = list_devices(kind);
    devices.insert(devices.end(), more.begin(), more.end());
  }
  return devices;
}

Result<std::unique_ptr<Device>> open_device(DeviceKind kind, int index) {
  if (kind == DeviceKind::cpu) {
    return std::unique_ptr<Device>(std::make_unique<CpuDevice>());
  }
  auto backend = kind == DeviceKind::cuda ? open_cuda_backend(index) : open_vulkan_backend(index);
  if (!backend) {
    return backend.error();
  }
  return std::unique_ptr<Device>(std::make_unique<GpuDevice>(*std::move(backend)));
}

}  // namespace reeld::kernels
