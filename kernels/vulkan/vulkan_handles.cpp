#include "kernels/vulkan/vulkan_handles.hpp"

#include <algorithm>
#include <vector>

namespace reeld::kernels::vulkan {

Result<void> checked(VkResult result, const std::string& what) {
  switch (result) {
    case VK_SUCCESS:
      return {};
    case VK_ERROR_DEVICE_LOST:
      return Error{Code::device_lost, "the Vulkan device was lost in " + what};
    case VK_ERROR_OUT_OF_HOST_MEMORY:
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
      return Error{Code::limit_exceeded, "Vulkan has not enough memory for " + what};
    default:
      return Error{Code::device_unavailable, what + " failed with Vulkan's result " + std::to_string(result)};
  }
}

Result<Instance> Instance::create() {
  VkApplicationInfo application = {};
  application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
  application.pApplicationName = "reeld";
  application.apiVersion = VK_API_VERSION_1_2;
  VkInstanceCreateInfo info = {};
  info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
  info.pApplicationInfo = &application;
  VkInstance handle = nullptr;
  REELD_TRY(checked(vkCreateInstance(&info, nullptr, &handle), "vkCreateInstance"));
  return Instance(handle);
}

Instance::~Instance() {
  if (handle_ != nullptr) {
    vkDestroyInstance(handle_, nullptr);
  }
}

bool find_compute_family(VkPhysicalDevice physical, std::uint32_t* family, std::uint32_t* queue_count) {
  std::uint32_t count = 0;
  vkGetPhysicalDeviceQueueFamilyProperties(physical, &count, nullptr);
  std::vector<VkQueueFamilyProperties> families(count);
  vkGetPhysicalDeviceQueueFamilyProperties(physical, &count, families.data());
  for (std::uint32_t i = 0; i < count; ++i) {
    if ((families[i].queueFlags & VK_QUEUE_COMPUTE_BIT) != 0) {
      *family = i;
      *queue_count = families[i].queueCount;
      return true;
    }
  }
  return false;
}

Result<LogicalDevice> LogicalDevice::create(VkPhysicalDevice physical) {
  LogicalDevice made;
  std::uint32_t queue_count = 0;
  if (!find_compute_family(physical, &made.family_, &queue_count)) {
    return Error{Code::device_unavailable, "this Vulkan device has no compute queue"};
  }
  const float priorities[2] = {1.0f, 0.5f};
  VkDeviceQueueCreateInfo queues = {};
  queues.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
  queues.queueFamilyIndex = made.family_;
  queues.queueCount = std::min(queue_count, 2u);
  queues.pQueuePriorities = priorities;
  VkPhysicalDeviceBufferDeviceAddressFeatures addresses = {};
  addresses.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_BUFFER_DEVICE_ADDRESS_FEATURES;
  addresses.bufferDeviceAddress = VK_TRUE;
  VkPhysicalDeviceProperties properties;
  vkGetPhysicalDeviceProperties(physical, &properties);
  const bool is_core = properties.apiVersion >= VK_API_VERSION_1_2;
  const char* extensions[] = {VK_KHR_BUFFER_DEVICE_ADDRESS_EXTENSION_NAME};
  VkDeviceCreateInfo info = {};
  info.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
  info.pNext = &addresses;
  info.queueCreateInfoCount = 1;
  info.pQueueCreateInfos = &queues;
  info.enabledExtensionCount = is_core ? 0 : 1;
  info.ppEnabledExtensionNames = extensions;
  REELD_TRY(checked(vkCreateDevice(physical, &info, nullptr, &made.device_), "vkCreateDevice"));
  vkGetDeviceQueue(made.device_, made.family_, 0, &made.queues_[0]);
  vkGetDeviceQueue(made.device_, made.family_, queues.queueCount - 1, &made.queues_[1]);
  made.address_of_ = reinterpret_cast<PFN_vkGetBufferDeviceAddressKHR>(vkGetDeviceProcAddr(
      made.device_, is_core ? "vkGetBufferDeviceAddress" : "vkGetBufferDeviceAddressKHR"));
  return made;
}

LogicalDevice& LogicalDevice::operator=(LogicalDevice&& other) noexcept {
  std::swap(device_, other.device_);
  std::swap(family_, other.family_);
  std::swap(queues_, other.queues_);
  std::swap(address_of_, other.address_of_);
  return *this;
}

LogicalDevice::~LogicalDevice() {
  if (device_ != nullptr) {
    vkDestroyDevice(device_, nullptr);
  }
}

}  // namespace reeld::kernels::vulkan
