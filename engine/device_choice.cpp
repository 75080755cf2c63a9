#include "engine/device_choice.hpp"

#include <map>
#include <mutex>

namespace reeld::engine {
namespace {

using kernels::DeviceKind;

struct OpenDevices {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<kernels::Device>> by_name;
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
  return kept;
}

void forget_devices() {
  OpenDevices& devices = open_devices();
  const std::lock_guard lock(devices.mutex);
  devices.by_name.clear();
}

}  // namespace reeld::engine
