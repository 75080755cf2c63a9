// What NVIDIA's management library says of the GPUs: how busy they and their encoders are, and with whose
// work. Loaded when it is needed, since most machines have none. Used by a worker (the task "gpu_use"), so
// that a driver that hangs or dies harms no one else. One thread.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace reeld::engine {

// Percents of the time since the reading before, or of the driver's own last fraction of a second. What a GPU
// or its driver does not tell is absent.
struct GpuProcessUse {
  pid_t pid = 0;
  std::optional<double> gpu_percent, encoder_percent, memory_mb;
};

struct GpuUse {
  std::optional<double> gpu_percent, encoder_percent, memory_mb;  // of all programs
  std::vector<GpuProcessUse> processes;                           // those that the driver tells of
};

class Nvml {
 public:
  static constexpr const char* kLibrary = "libnvidia-ml.so.1";

  // device_unavailable with the reason: no such library, a function that it lacks, no driver.
  static Result<std::unique_ptr<Nvml>> load(const std::string& library = kLibrary);
  ~Nvml();

  // Of every GPU. device_lost where the driver does not answer any more.
  Result<std::vector<GpuUse>> read();

 private:
  struct Functions;
  explicit Nvml(std::unique_ptr<Functions> functions);
  GpuUse read_device(void* device);

  std::unique_ptr<Functions> functions_;
};

}  // namespace reeld::engine
