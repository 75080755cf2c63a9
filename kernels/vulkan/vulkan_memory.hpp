// Buffers with an address, and the commands that copy between them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/gpu/memory_meter.hpp"
#include "kernels/vulkan/vulkan_handles.hpp"

namespace reeld::kernels::vulkan {

enum class MemoryKind {
  device,    // fastest for kernels
  sending,   // host memory written by the host in order
  fetching,  // host memory read by the host
};

// Where buffers are made, and what counts those in the device's memory.
struct MemorySource {
  VkPhysicalDevice physical;
  const LogicalDevice& device;
  MemoryMeter& meter;
};

// A buffer, its memory, its address, and where the host sees it.
struct Buffer {
  MemoryMeter::Share share;  // of MemoryKind::device
  OwnedMemory memory;
  OwnedBuffer buffer;  // goes before its memory
  std::size_t bytes = 0;
  VkDeviceAddress address = 0;
  std::uint8_t* host = nullptr;  // nullptr for MemoryKind::device

  // Makes it at least so large; what was in it is lost where it grows.
  Result<void> grow(const MemorySource& source, MemoryKind kind, std::size_t wanted);
};

Result<Buffer> make_buffer(const MemorySource& source, MemoryKind kind, std::size_t bytes);

// One command buffer and the fence that tells when it is done.
class Commands {
 public:
  static Result<Commands> create(const LogicalDevice& device);
  VkCommandBuffer get() const { return buffer_; }
  Result<void> begin();
  // Ends, submits and waits. One thread at a time may submit to a queue: `submitting` says who.
  template <class Mutex>
  Result<void> run(VkQueue queue, Mutex& submitting);

 private:
  Commands() = default;
  Result<void> submit(VkQueue queue);
  Result<void> wait();
  VkDevice device_ = nullptr;
  OwnedCommandPool pool_;
  VkCommandBuffer buffer_ = nullptr;
  OwnedFence fence_;
};

// What is written by `from` is there for `to`.
void memory_barrier(VkCommandBuffer commands, VkPipelineStageFlags from, VkAccessFlags written,
                    VkPipelineStageFlags to, VkAccessFlags read);
void copy(VkCommandBuffer commands, const Buffer& from, std::size_t from_offset, const Buffer& to,
          std::size_t to_offset, std::size_t bytes);

template <class Mutex>
Result<void> Commands::run(VkQueue queue, Mutex& submitting) {
  {
    submitting.lock();
    const Result<void> submitted = submit(queue);
    submitting.unlock();
    REELD_TRY(submitted);
  }
  return wait();
}

}  // namespace reeld::kernels::vulkan
