// Vulkan's objects, each owned by one value and destroyed with it, and its results as ours.
#pragma once

#include <vulkan/vulkan.h>

#include <cstdint>
#include <string>
#include <utility>

#include "base/result.hpp"

namespace reeld::kernels::vulkan {

// Errors: device_lost, limit_exceeded where memory is short, else device_unavailable. `what` names the call.
Result<void> checked(VkResult result, const std::string& what);

// A handle that belongs to a device and is destroyed by `kDestroy(device, handle, nullptr)`.
template <class Handle, void (*kDestroy)(VkDevice, Handle, const VkAllocationCallbacks*)>
class Owned {
 public:
  Owned() = default;
  Owned(VkDevice device, Handle handle) : device_(device), handle_(handle) {}
  Owned(Owned&& other) noexcept
      : device_(other.device_), handle_(std::exchange(other.handle_, Handle{VK_NULL_HANDLE})) {}
  Owned& operator=(Owned&& other) noexcept {
    std::swap(device_, other.device_);
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Owned() {
    if (handle_ != VK_NULL_HANDLE) {
      kDestroy(device_, handle_, nullptr);
    }
  }
  Handle get() const { return handle_; }

 private:
  VkDevice device_ = VK_NULL_HANDLE;
  Handle handle_ = VK_NULL_HANDLE;
};

using OwnedBuffer = Owned<VkBuffer, vkDestroyBuffer>;
using OwnedMemory = Owned<VkDeviceMemory, vkFreeMemory>;
using OwnedFence = Owned<VkFence, vkDestroyFence>;
using OwnedCommandPool = Owned<VkCommandPool, vkDestroyCommandPool>;
using OwnedQueryPool = Owned<VkQueryPool, vkDestroyQueryPool>;
using OwnedPipeline = Owned<VkPipeline, vkDestroyPipeline>;
using OwnedPipelineLayout = Owned<VkPipelineLayout, vkDestroyPipelineLayout>;
using OwnedShaderModule = Owned<VkShaderModule, vkDestroyShaderModule>;

class Instance {
 public:
  static Result<Instance> create();
  Instance(Instance&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Instance& operator=(Instance&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Instance();
  VkInstance get() const { return handle_; }

 private:
  explicit Instance(VkInstance handle) : handle_(handle) {}
  VkInstance handle_ = nullptr;
};

// A device with its compute queues: one for frames, one for pictures where it has two.
class LogicalDevice {
 public:
  // `physical` is usable (vulkan_backend.cpp looks). Errors: device_unavailable.
  static Result<LogicalDevice> create(VkPhysicalDevice physical);
  LogicalDevice(LogicalDevice&& other) noexcept { *this = std::move(other); }
  LogicalDevice& operator=(LogicalDevice&& other) noexcept;
  ~LogicalDevice();

  VkDevice get() const { return device_; }
  std::uint32_t family() const { return family_; }
  VkQueue frame_queue() const { return queues_[0]; }
  VkQueue picture_queue() const { return queues_[1]; }
  PFN_vkGetBufferDeviceAddressKHR address_of() const { return address_of_; }

 private:
  LogicalDevice() = default;
  VkDevice device_ = nullptr;
  std::uint32_t family_ = 0;
  VkQueue queues_[2] = {nullptr, nullptr};
  PFN_vkGetBufferDeviceAddressKHR address_of_ = nullptr;
};

// The first family of queues that computes; false where there is none.
bool find_compute_family(VkPhysicalDevice physical, std::uint32_t* family, std::uint32_t* queue_count);

}  // namespace reeld::kernels::vulkan
