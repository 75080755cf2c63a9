#include "kernels/vulkan/vulkan_memory.hpp"

#include <cstdint>
#include <iterator>

namespace reeld::kernels::vulkan {
namespace {

// The properties wanted, the dearest first; the last of each kind is there on every device.
struct Wish {
  MemoryKind kind;
  VkMemoryPropertyFlags properties;
};
constexpr Wish kWishes[] = {
    {MemoryKind::device, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT},
    {MemoryKind::device, 0},
    {MemoryKind::sending, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT},
    {MemoryKind::fetching, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT |
                               VK_MEMORY_PROPERTY_HOST_CACHED_BIT},
    {MemoryKind::fetching, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT},
};

Result<std::uint32_t> find_memory_type(VkPhysicalDevice physical, MemoryKind kind, std::uint32_t allowed) {
  VkPhysicalDeviceMemoryProperties memory;
  vkGetPhysicalDeviceMemoryProperties(physical, &memory);
  for (const Wish& wish : kWishes) {
    for (std::uint32_t i = 0; wish.kind == kind && i < memory.memoryTypeCount; ++i) {
      if ((allowed >> i & 1) != 0 &&
          (memory.memoryTypes[i].propertyFlags & wish.properties) == wish.properties) {
        return i;
      }
    }
  }
  return Error{Code::device_unavailable, "this Vulkan device has no memory of a kind that is needed"};
}

}  // namespace

Result<Buffer> make_buffer(const MemorySource& source, MemoryKind kind, std::size_t bytes) {
  const LogicalDevice& device = source.device;
  Buffer made;
  made.bytes = bytes;
  VkBufferCreateInfo info = {};
  info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
  info.size = bytes;
  info.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
               VK_BUFFER_USAGE_TRANSFER_DST_BIT | VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT;
  VkBuffer buffer = VK_NULL_HANDLE;
  REELD_TRY(checked(vkCreateBuffer(device.get(), &info, nullptr, &buffer), "a buffer"));
  made.buffer = OwnedBuffer(device.get(), buffer);
  VkMemoryRequirements needs;
  vkGetBufferMemoryRequirements(device.get(), buffer, &needs);
  REELD_ASSIGN(const std::uint32_t type, find_memory_type(source.physical, kind, needs.memoryTypeBits));
  VkMemoryAllocateFlagsInfo flags = {};
  flags.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO;
  flags.flags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT;
  VkMemoryAllocateInfo allocate = {};
  allocate.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
  allocate.pNext = &flags;
  allocate.allocationSize = needs.size;
  allocate.memoryTypeIndex = type;
  VkDeviceMemory memory = VK_NULL_HANDLE;
  REELD_TRY(checked(vkAllocateMemory(device.get(), &allocate, nullptr, &memory),
                    "a buffer of " + std::to_string(bytes) + " bytes"));
  made.memory = OwnedMemory(device.get(), memory);
  if (kind == MemoryKind::device) {
    made.share = source.meter.take(needs.size);
  }
  REELD_TRY(checked(vkBindBufferMemory(device.get(), buffer, memory, 0), "vkBindBufferMemory"));
  VkBufferDeviceAddressInfo address = {};
  address.sType = VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO;
  address.buffer = buffer;
  made.address = device.address_of()(device.get(), &address);
  if (kind != MemoryKind::device) {
    void* host = nullptr;
    REELD_TRY(checked(vkMapMemory(device.get(), memory, 0, VK_WHOLE_SIZE, 0, &host), "vkMapMemory"));
    made.host = static_cast<std::uint8_t*>(host);
  }
  return made;
}

Result<void> Buffer::grow(const MemorySource& source, MemoryKind kind, std::size_t wanted) {
  if (wanted <= bytes) {
    return {};
  }
  // A half more, since the next frame's tables may be a little longer.
  REELD_ASSIGN(*this, make_buffer(source, kind, wanted + wanted / 2));
  return {};
}

Result<Commands> Commands::create(const LogicalDevice& device) {
  Commands made;
  made.device_ = device.get();
  VkCommandPoolCreateInfo pool_info = {};
  pool_info.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
  pool_info.flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT;
  pool_info.queueFamilyIndex = device.family();
  VkCommandPool pool = VK_NULL_HANDLE;
  REELD_TRY(checked(vkCreateCommandPool(device.get(), &pool_info, nullptr, &pool), "vkCreateCommandPool"));
  made.pool_ = OwnedCommandPool(device.get(), pool);
  VkCommandBufferAllocateInfo buffer_info = {};
  buffer_info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
  buffer_info.commandPool = pool;
  buffer_info.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
  buffer_info.commandBufferCount = 1;
  REELD_TRY(checked(vkAllocateCommandBuffers(device.get(), &buffer_info, &made.buffer_),
                    "vkAllocateCommandBuffers"));
  VkFenceCreateInfo fence_info = {};
  fence_info.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
  VkFence fence = VK_NULL_HANDLE;
  REELD_TRY(checked(vkCreateFence(device.get(), &fence_info, nullptr, &fence), "vkCreateFence"));
  made.fence_ = OwnedFence(device.get(), fence);
  return made;
}

Result<void> Commands::begin() {
  VkCommandBufferBeginInfo info = {};
  info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
  info.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
  return checked(vkBeginCommandBuffer(buffer_, &info), "vkBeginCommandBuffer");
}

Result<void> Commands::submit(VkQueue queue) {
  REELD_TRY(checked(vkEndCommandBuffer(buffer_), "vkEndCommandBuffer"));
  VkSubmitInfo info = {};
  info.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
  info.commandBufferCount = 1;
  info.pCommandBuffers = &buffer_;
  return checked(vkQueueSubmit(queue, 1, &info, fence_.get()), "vkQueueSubmit");
}

Result<void> Commands::wait() {
  const VkFence fence = fence_.get();
  REELD_TRY(checked(vkWaitForFences(device_, 1, &fence, VK_TRUE, UINT64_MAX), "vkWaitForFences"));
  return checked(vkResetFences(device_, 1, &fence), "vkResetFences");
}

void memory_barrier(VkCommandBuffer commands, VkPipelineStageFlags from, VkAccessFlags written,
                    VkPipelineStageFlags to, VkAccessFlags read) {
  VkMemoryBarrier barrier = {};
  barrier.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER;
  barrier.srcAccessMask = written;
  barrier.dstAccessMask = read;
  vkCmdPipelineBarrier(commands, from, to, 0, 1, &barrier, 0, nullptr, 0, nullptr);
}

void copy(VkCommandBuffer commands, const Buffer& from, std::size_t from_offset, const Buffer& to,
          std::size_t to_offset, std::size_t bytes) {
  const VkBufferCopy region = {from_offset, to_offset, bytes};
  vkCmdCopyBuffer(commands, from.buffer.get(), to.buffer.get(), 1, &region);
}

}  // namespace reeld::kernels::vulkan
