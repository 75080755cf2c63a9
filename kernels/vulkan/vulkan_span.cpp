#include "kernels/vulkan/vulkan_span.hpp"

#include <vector>

namespace reeld::kernels::vulkan {
namespace {

constexpr std::uint32_t kBegin = 0;
constexpr std::uint32_t kEnd = 1;
constexpr std::uint32_t kPoints = 2;

// Of the timestamps that a family's queues write; 0 where they write none.
std::uint32_t timestamp_bits(VkPhysicalDevice physical, std::uint32_t family) {
  std::uint32_t count = 0;
  vkGetPhysicalDeviceQueueFamilyProperties(physical, &count, nullptr);
  std::vector<VkQueueFamilyProperties> families(count);
  vkGetPhysicalDeviceQueueFamilyProperties(physical, &count, families.data());
  return family < count ? families[family].timestampValidBits : 0;
}

}  // namespace

Result<Span> Span::create(VkPhysicalDevice physical, const LogicalDevice& device) {
  Span made;
  made.device_ = device.get();
  const std::uint32_t bits = timestamp_bits(physical, device.family());
  if (bits == 0) {
    return made;
  }
  made.tick_mask_ = ~std::uint64_t{0} >> (64 - bits);
  VkPhysicalDeviceProperties properties;
  vkGetPhysicalDeviceProperties(physical, &properties);
  made.seconds_per_tick_ = static_cast<double>(properties.limits.timestampPeriod) * 1e-9;
  VkQueryPoolCreateInfo info = {};
  info.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO;
  info.queryType = VK_QUERY_TYPE_TIMESTAMP;
  info.queryCount = kPoints;
  VkQueryPool pool = VK_NULL_HANDLE;
  REELD_TRY(checked(vkCreateQueryPool(device.get(), &info, nullptr, &pool), "vkCreateQueryPool"));
  made.timestamps_ = OwnedQueryPool(device.get(), pool);
  return made;
}

void Span::begin(VkCommandBuffer commands, VkPipelineStageFlagBits stage) {
  if (timestamps_.get() != VK_NULL_HANDLE) {
    vkCmdResetQueryPool(commands, timestamps_.get(), kBegin, kPoints);
    vkCmdWriteTimestamp(commands, stage, timestamps_.get(), kBegin);
  }
}

void Span::end(VkCommandBuffer commands, VkPipelineStageFlagBits stage) {
  if (timestamps_.get() != VK_NULL_HANDLE) {
    vkCmdWriteTimestamp(commands, stage, timestamps_.get(), kEnd);
  }
}

Result<double> Span::seconds() const {
  if (timestamps_.get() == VK_NULL_HANDLE) {
    return 0.0;
  }
  std::uint64_t ticks[kPoints] = {};
  REELD_TRY(checked(vkGetQueryPoolResults(device_, timestamps_.get(), kBegin, kPoints, sizeof ticks, ticks,
                                          sizeof ticks[0], VK_QUERY_RESULT_64_BIT),
                    "reading the device's clock"));
  return static_cast<double>((ticks[kEnd] - ticks[kBegin]) & tick_mask_) * seconds_per_tick_;
}

}  // namespace reeld::kernels::vulkan
