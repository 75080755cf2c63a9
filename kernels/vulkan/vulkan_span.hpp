// How long a part of a command buffer takes, by the device's own clock.
#pragma once

#include "kernels/vulkan/vulkan_handles.hpp"

namespace reeld::kernels::vulkan {

class Span {
 public:
  // A queue family without timestamps gives a span that is always of 0 seconds.
  static Result<Span> create(VkPhysicalDevice physical, const LogicalDevice& device);

  // Once all earlier commands of the queue are past `stage`. A barrier into that stage comes first for what
  // the span is to begin after.
  void begin(VkCommandBuffer commands, VkPipelineStageFlagBits stage);
  void end(VkCommandBuffer commands, VkPipelineStageFlagBits stage);
  // After the commands are done.
  Result<double> seconds() const;

 private:
  Span() = default;
  VkDevice device_ = nullptr;
  OwnedQueryPool timestamps_;  // none where there is no clock
  double seconds_per_tick_ = 0;
  std::uint64_t tick_mask_ = 0;  // the clock's valid bits; it begins anew behind them
};

}  // namespace reeld::kernels::vulkan
