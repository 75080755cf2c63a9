#include "engine/nvml.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <map>

namespace reeld::engine {
namespace {

// The library's binary interface, as far as it is used here: it is part of the driver and keeps it.
using Status = int;
constexpr Status kSuccess = 0, kInsufficientSize = 7;
using Device = void*;

struct Utilization {
  unsigned gpu, memory;  // percent
};
struct Memory {
  unsigned long long total, free, used;  // bytes
};
struct ProcessSample {
  unsigned pid;
  unsigned long long time_us;
  unsigned gpu, memory, encoder, decoder;  // percent
};
struct ProcessInfo {
  unsigned pid;
  unsigned long long used_memory;  // bytes; all ones: not known
  unsigned gpu_instance, compute_instance;
};
constexpr unsigned long long kNotKnown = ~0ULL;

double mb(unsigned long long bytes) {
  return static_cast<double>(bytes) / (1 << 20);
}

unsigned long long microseconds_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<unsigned long long>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

// Calls `fill(count, items)`, once more where there are more items than was thought.
template <class Item, class Fill>
std::vector<Item> items_of(Fill fill) {
  std::vector<Item> items(64);
  for (int attempt = 0; attempt < 2; ++attempt) {
    auto count = static_cast<unsigned>(items.size());
    const Status status = fill(&count, items.data());
    if (status == kSuccess) {
      items.resize(std::min<std::size_t>(count, items.size()));
      return items;
    }
    if (status != kInsufficientSize) break;
    items.resize(std::max<std::size_t>(count, 2 * items.size()));
  }
  return {};
}

}  // namespace

struct Nvml::Functions {
  ~Functions() {
    if (begun) shutdown();
    if (library != nullptr) ::dlclose(library);
  }

  // False, with its name in `missing`, where the library lacks a function that is needed.
  template <class Function>
  bool find(Function*& function, const char* name, bool needed = true) {
    function = reinterpret_cast<Function*>(::dlsym(library, name));
    if (function == nullptr && needed) missing = name;
    return function != nullptr || !needed;
  }

  bool find_all() {
    return find(init, "nvmlInit_v2") && find(shutdown, "nvmlShutdown") &&
           find(error_string, "nvmlErrorString") && find(device_count, "nvmlDeviceGetCount_v2") &&
           find(device_at, "nvmlDeviceGetHandleByIndex_v2") &&
           find(utilization, "nvmlDeviceGetUtilizationRates") && find(memory, "nvmlDeviceGetMemoryInfo") &&
           find(encoder, "nvmlDeviceGetEncoderUtilization", false) &&
           find(process_samples, "nvmlDeviceGetProcessUtilization", false) &&
           find(compute_processes, "nvmlDeviceGetComputeRunningProcesses_v3", false) &&
           find(graphics_processes, "nvmlDeviceGetGraphicsRunningProcesses_v3", false);
  }

  void* library = nullptr;
  bool begun = false;
  const char* missing = "";
  Status (*init)() = nullptr;
  Status (*shutdown)() = nullptr;
  const char* (*error_string)(Status) = nullptr;
  Status (*device_count)(unsigned*) = nullptr;
  Status (*device_at)(unsigned, Device*) = nullptr;
  Status (*utilization)(Device, Utilization*) = nullptr;
  Status (*memory)(Device, Memory*) = nullptr;
  Status (*encoder)(Device, unsigned* percent, unsigned* period_us) = nullptr;
  Status (*process_samples)(Device, ProcessSample*, unsigned*, unsigned long long since_us) = nullptr;
  Status (*compute_processes)(Device, unsigned*, ProcessInfo*) = nullptr;
  Status (*graphics_processes)(Device, unsigned*, ProcessInfo*) = nullptr;
};

Nvml::Nvml(std::unique_ptr<Functions> functions) : functions_(std::move(functions)) {}
Nvml::~Nvml() = default;

Result<std::unique_ptr<Nvml>> Nvml::load(const std::string& library) {
  const auto unavailable = [&](const std::string& why) {
    return Error{Code::device_unavailable,
                 "the use of GPUs cannot be read: " + why + "; NVIDIA's driver brings " + kLibrary};
  };
  auto functions = std::make_unique<Functions>();
  functions->library = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (functions->library == nullptr) return unavailable(::dlerror());
  if (!functions->find_all()) return unavailable(library + " has no " + functions->missing);
  if (const Status status = functions->init(); status != kSuccess) {
    return unavailable(functions->error_string(status));
  }
  functions->begun = true;
  return std::unique_ptr<Nvml>(new Nvml(std::move(functions)));
}

Result<std::vector<GpuUse>> Nvml::read() {
  unsigned count = 0;
  if (const Status status = functions_->device_count(&count); status != kSuccess) {
    return Error{Code::device_lost, std::string("the driver does not count its GPUs any more: ") +
                                        functions_->error_string(status)};
  }
  std::vector<GpuUse> gpus;
  for (unsigned i = 0; i < count; ++i) {
    // One that this user may not see, or that fell off the bus, is passed over.
    if (Device device = nullptr; functions_->device_at(i, &device) == kSuccess)
      gpus.push_back(read_device(device));
  }
  return gpus;
}

GpuUse Nvml::read_device(void* device) {
  const Functions& nvml = *functions_;
  GpuUse use;
  if (Utilization busy{}; nvml.utilization(device, &busy) == kSuccess) use.gpu_percent = busy.gpu;
  if (Memory memory{}; nvml.memory(device, &memory) == kSuccess) use.memory_mb = mb(memory.used);
  unsigned percent = 0, period_us = 0;
  if (nvml.encoder != nullptr && nvml.encoder(device, &percent, &period_us) == kSuccess) {
    use.encoder_percent = percent;
  }
  std::map<unsigned, GpuProcessUse> processes;
  for (const auto list : {nvml.compute_processes, nvml.graphics_processes}) {
    if (list == nullptr) continue;
    for (const ProcessInfo& info :
         items_of<ProcessInfo>([&](unsigned*n, ProcessInfo*items) { return list(device, n, items); })) {
      GpuProcessUse& process = processes[info.pid];
      // One that is in both lists is told of with the same memory twice.
      if (info.used_memory != kNotKnown)
        process.memory_mb = std::max(process.memory_mb.value_or(0), mb(info.used_memory));
    }
  }
  if (nvml.process_samples != nullptr) {
    constexpr unsigned long long kSecond = 1'000'000;
    auto samples = items_of<ProcessSample>([&](unsigned* n, ProcessSample* items) {
      return nvml.process_samples(device, items, n, microseconds_now() - kSecond);
    });
    // The newest of each process is the one that stays.
    std::ranges::sort(samples, {}, &ProcessSample::time_us);
    for (const ProcessSample& sample : samples) {
      processes[sample.pid].gpu_percent = std::min(sample.gpu, 100U);
      processes[sample.pid].encoder_percent = std::min(sample.encoder, 100U);
    }
  }
  for (auto& [pid, process] : processes) {
    process.pid = static_cast<pid_t>(pid);
    use.processes.push_back(process);
  }
  return use;
}

}  // namespace reeld::engine
