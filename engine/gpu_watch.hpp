// How busy the GPUs are, for whoever samples what a job takes. A worker of its own asks the driver, once a
// second while somebody wants to know: the daemon loads no driver, and nobody waits for one. Any thread.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

namespace reeld::engine {

// Absent is what nothing measures. Of several GPUs the busiest counts, and the memory of all.
struct GpuReading {
  std::optional<double> gpu_percent, encoder_percent, memory_mb;
  std::string
      scope;  // "job": of the workers asked about; "machine": of all programs; empty: nothing is known
};

// Of the GPUs as the task "gpu_use" tells of them (engine/worker.hpp): that of `workers` where the driver
// tells of one of them, else that of the machine. Pure.
GpuReading gpu_reading(const nlohmann::json& gpus, const std::vector<pid_t>& workers);

class GpuWatch {
 public:
  // `library` is for tests: empty is the driver's own, which is looked for only where the driver runs.
  explicit GpuWatch(std::filesystem::path worker_program, std::string library = "");
  ~GpuWatch();
  GpuWatch(const GpuWatch&) = delete;
  GpuWatch& operator=(const GpuWatch&) = delete;

  // What was found in the last seconds; nothing at the first call, which begins the watch.
  GpuReading read(const std::vector<pid_t>& workers);

 private:
  using Clock = std::chrono::steady_clock;
  void work();

  const std::filesystem::path worker_program_;
  const std::string library_;
  std::mutex mutex_;
  std::condition_variable wake_;
  Clock::time_point asked_{};
  Clock::time_point found_at_{};
  nlohmann::json found_ = nlohmann::json::array();
  std::atomic<bool> stop_{false};
  std::thread thread_;  // only where there is something to watch
};

}  // namespace reeld::engine
