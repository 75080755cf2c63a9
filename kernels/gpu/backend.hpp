// What a GPU's own API does for gpu_device: memory, copies, and launches of kernels. CUDA and Vulkan
// each have one; all else of a GPU device is written once, above it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.hpp"
#include "kernels/device.hpp"
#include "kernels/gpu/memory_meter.hpp"

namespace reeld::kernels {

// A place in the device's memory.
using DeviceAddress = std::uint64_t;

// Launches in flight, each with memory of its own to send a packet and to fetch what was made of it.
inline constexpr int kLaunchSlots = 3;

// What a launch runs: gpu/frame.inc over the FrameParams at the beginning of the packet, or gpu/measure.inc
// over its MeasureParams.
enum class Kernel : std::uint8_t { frames, measure };
inline constexpr std::size_t kKernelCount = 2;

// Groups across, groups down, frames.
struct Grid {
  int across = 0, down = 0, frames = 0;
};

struct Launch {
  Kernel kernel = Kernel::frames;
  std::size_t packet_bytes = 0;  // sent before
  Grid grid;
  std::size_t result_bytes = 0;  // fetched afterwards; 0: what is made stays on the device
  bool clears_results = false;   // these bytes are 0 when the kernel begins
};

// Every method may be called from any thread, but a slot from one at a time. Errors: device_lost,
// limit_exceeded where memory is short.
class GpuBackend {
 public:
  virtual ~GpuBackend() = default;
  GpuBackend() = default;
  GpuBackend(const GpuBackend&) = delete;
  GpuBackend& operator=(const GpuBackend&) = delete;

  virtual const DeviceInfo& info() const = 0;

  virtual Result<DeviceAddress> allocate(std::size_t bytes) = 0;
  virtual void free(DeviceAddress address) = 0;
  // Copies to the device through pinned memory, beside what the slots do; returns when it is there.
  virtual Result<void> upload(DeviceAddress to, const void* from, std::size_t bytes) = 0;
  virtual Result<void> download(void* to, DeviceAddress from, std::size_t bytes) = 0;

  // Memory of the slot for a packet and for what is made of it, in host memory and at an address; stays until
  // more is asked for.
  struct SlotMemory {
    std::uint8_t* packet = nullptr;
    DeviceAddress packet_address = 0;
    const std::uint8_t* results = nullptr;
    DeviceAddress results_address = 0;
  };
  virtual Result<SlotMemory> reserve(int slot, std::size_t packet_bytes, std::size_t result_bytes) = 0;
  // Sends the packet, runs the kernel, fetches the results, and waits. The seconds that the kernel took by
  // the device's own clock; 0 where it has none.
  virtual Result<double> launch(int slot, const Launch& launch) = 0;

  virtual Result<double> copy_rate() = 0;
  // Whole-number multiply-adds and operations on floats a second, at the device's highest clock; 0 where its
  // API does not tell.
  struct PeakRates {
    double multiply_adds = 0, float_operations = 0;
  };
  virtual PeakRates peak_rates() const { return {}; }

  // Counts what is allocated of the device's own memory: what allocate gave, and the slots.
  MemoryMeter& memory() { return memory_; }
  const MemoryMeter& memory() const { return memory_; }

 private:
  MemoryMeter memory_;
};

}  // namespace reeld::kernels
