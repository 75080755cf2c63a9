#include "engine/device_choice.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <vector>

namespace reeld::engine {
namespace {

using kernels::DeviceKind;

// A device in use, and what it had done before. It is shared, for a lost device is forgotten before it is
// asked what it did.
struct DeviceInUse {
  std::shared_ptr<kernels::Device> device;
  double gpu_seconds_before = 0;
};

struct OpenDevices {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<kernels::Device>> by_name;
  std::vector<DeviceInUse> in_use;
};

OpenDevices& open_devices() {
  static OpenDevices devices;
  return devices;
}

// Real ones before emulated ones.
Result<std::unique_ptr<kernels::Device>> open_kind(DeviceKind kind, bool with_emulated) {
  if (kind == DeviceKind::cpu) return kernels::open_device(kind);
  std::string reason = "there is only one that is emulated on the CPU, which is slower than the cpu device";
  for (const bool emulated : {false, true}) {
    if (emulated && !with_emulated) continue;
    for (const kernels::DeviceInfo& info : kernels::list_devices(kind)) {
      if (info.is_emulated != emulated) continue;
      auto device = kernels::open_device(kind, info.index);
      if (device) return device;
      reason = device.error().message;
    }
  }
  return Error{Code::device_unavailable, reason};
}

Result<std::shared_ptr<kernels::Device>> open_named(const std::string& name) {
  std::string reasons;
  for (const DeviceKind kind : {DeviceKind::cuda, DeviceKind::vulkan, DeviceKind::cpu}) {
    if (name != "auto" && name != kernels::device_kind_name(kind)) continue;
    auto device = open_kind(kind, name != "auto");
    if (device) return std::shared_ptr<kernels::Device>(*std::move(device));
    reasons += (reasons.empty() ? "" : "; ") + device.error().message;
  }
  return Error{Code::device_unavailable, "device " + name + " cannot be opened: " + reasons,
               "/output/device"};
}

void count_use(OpenDevices& devices, const std::shared_ptr<kernels::Device>& device) {
  const bool counted = std::any_of(devices.in_use.begin(), devices.in_use.end(),
                                   [&](const DeviceInUse& use) { return use.device == device; });
  if (counted) return;
  device->reset_peak_memory();
  devices.in_use.push_back({device, device->usage().gpu_seconds});
}

}  // namespace

Result<std::shared_ptr<kernels::Device>> device_named(const std::string& name) {
  OpenDevices& devices = open_devices();
  const std::lock_guard lock(devices.mutex);
  auto& kept = devices.by_name[name];
  if (!kept) {
    REELD_ASSIGN(kept, open_named(name));
    // "auto" is one of the others.
    auto& same = devices.by_name[std::string(kernels::device_kind_name(kept->info().kind))];
    if (!same) same = kept;
  }
  count_use(devices, kept);
  return kept;
}

void begin_device_use() {
  OpenDevices& devices = open_devices();
  const std::lock_guard lock(devices.mutex);
  devices.in_use.clear();
}

kernels::DeviceUsage device_use() {
  OpenDevices& devices = open_devices();
  const std::lock_guard lock(devices.mutex);
  kernels::DeviceUsage total;
  for (const DeviceInUse& use : devices.in_use) {
    const kernels::DeviceUsage usage = use.device->usage();
    total.gpu_seconds += usage.gpu_seconds - use.gpu_seconds_before;
    total.memory_bytes += usage.memory_bytes;
    total.peak_memory_bytes += usage.peak_memory_bytes;
  }
  return total;
}

void forget_devices() {
  OpenDevices& devices = open_devices();
  const std::lock_guard lock(devices.mutex);
  devices.by_name.clear();
}

}  // namespace reeld::engine
