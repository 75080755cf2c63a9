#include "kernels/vulkan/vulkan_backend.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <mutex>
#include <span>

#include "kernels/vulkan/vulkan_memory.hpp"
#include "kernels/vulkan/vulkan_span.hpp"

namespace reeld::kernels {
namespace {

using namespace vulkan;

constexpr std::uint32_t kFrameModule[] = {
#include "frame_spirv.inc"
};
constexpr std::uint32_t kMeasureModule[] = {
#include "measure_spirv.inc"
};
constexpr std::span<const std::uint32_t> kModules[kKernelCount] = {kFrameModule,
                                                                   kMeasureModule};  // by Kernel

// What the kernels ask of a device; of shared memory gpu/frame.inc asks for more than gpu/measure.inc.
constexpr std::uint32_t kGroupThreads = 256;
constexpr std::uint32_t kSharedBytes = (4752 + 1584) * 4;

std::vector<VkPhysicalDevice> physical_devices(const Instance& instance) {
  std::uint32_t count = 0;
  vkEnumeratePhysicalDevices(instance.get(), &count, nullptr);
  std::vector<VkPhysicalDevice> devices(count);
  vkEnumeratePhysicalDevices(instance.get(), &count, devices.data());
  devices.resize(count);
  return devices;
}

// Empty where the kernels run there.
std::string why_not(VkPhysicalDevice physical, const VkPhysicalDeviceProperties& properties) {
  if (properties.apiVersion < VK_API_VERSION_1_1) {
    return "it speaks Vulkan 1.0, and 1.1 is needed";
  }
  std::uint32_t family = 0;
  std::uint32_t queues = 0;
  if (!find_compute_family(physical, &family, &queues)) {
    return "it has no compute queue";
  }
  VkPhysicalDeviceBufferDeviceAddressFeatures addresses = {};
  addresses.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_BUFFER_DEVICE_ADDRESS_FEATURES;
  VkPhysicalDeviceFeatures2 features = {};
  features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
  features.pNext = &addresses;
  vkGetPhysicalDeviceFeatures2(physical, &features);
  if (addresses.bufferDeviceAddress != VK_TRUE) {
    return "its driver does not give the addresses of buffers (VK_KHR_buffer_device_address)";
  }
  const VkPhysicalDeviceLimits& limits = properties.limits;
  if (limits.maxComputeSharedMemorySize < kSharedBytes ||
      limits.maxComputeWorkGroupInvocations < kGroupThreads) {
    return "its groups are too small: " + std::to_string(kGroupThreads) + " threads and " +
           std::to_string(kSharedBytes) + " bytes shared are needed";
  }
  return "";
}

DeviceInfo describe(VkPhysicalDevice physical, int index) {
  VkPhysicalDeviceProperties properties;
  vkGetPhysicalDeviceProperties(physical, &properties);
  VkPhysicalDeviceMemoryProperties memory;
  vkGetPhysicalDeviceMemoryProperties(physical, &memory);
  DeviceInfo info{DeviceKind::vulkan, index, properties.deviceName, 0, false, why_not(physical, properties)};
  info.is_emulated = properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU;
  for (std::uint32_t i = 0; i < memory.memoryHeapCount; ++i) {
    if ((memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) != 0) {
      info.memory_bytes = std::max(info.memory_bytes, static_cast<std::int64_t>(memory.memoryHeaps[i].size));
    }
  }
  return info;
}

struct Pipeline {
  OwnedPipelineLayout layout;
  OwnedPipeline pipeline;
};

Result<Pipeline> make_pipeline(VkDevice device, std::span<const std::uint32_t> module_words) {
  Pipeline kernel;
  VkShaderModuleCreateInfo module_info = {};
  module_info.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO;
  module_info.codeSize = module_words.size_bytes();
  module_info.pCode = module_words.data();
  VkShaderModule module = VK_NULL_HANDLE;
  REELD_TRY(checked(vkCreateShaderModule(device, &module_info, nullptr, &module), "vkCreateShaderModule"));
  const OwnedShaderModule owned_module(device, module);
  const VkPushConstantRange push = {VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(DeviceAddress)};
  VkPipelineLayoutCreateInfo layout_info = {};
  layout_info.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO;
  layout_info.pushConstantRangeCount = 1;
  layout_info.pPushConstantRanges = &push;
  VkPipelineLayout layout = VK_NULL_HANDLE;
  REELD_TRY(
      checked(vkCreatePipelineLayout(device, &layout_info, nullptr, &layout), "vkCreatePipelineLayout"));
  kernel.layout = OwnedPipelineLayout(device, layout);
  VkComputePipelineCreateInfo info = {};
  info.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO;
  info.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
  info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
  info.stage.module = module;
  info.stage.pName = "main";
  info.layout = layout;
  VkPipeline pipeline = VK_NULL_HANDLE;
  REELD_TRY(
      checked(vkCreateComputePipelines(device, VK_NULL_HANDLE, 1, &info, nullptr, &pipeline), "a kernel"));
  kernel.pipeline = OwnedPipeline(device, pipeline);
  return kernel;
}

class VulkanBackend final : public GpuBackend {
 public:
  static Result<std::unique_ptr<GpuBackend>> open(int index);

  const DeviceInfo& info() const override { return info_; }
  Result<DeviceAddress> allocate(std::size_t bytes) override;
  void free(DeviceAddress address) override;
  Result<void> upload(DeviceAddress to, const void* from, std::size_t bytes) override;
  Result<void> download(void* to, DeviceAddress from, std::size_t bytes) override;
  Result<SlotMemory> reserve(int slot, std::size_t packet_bytes, std::size_t result_bytes) override;
  Result<double> launch(int slot, const Launch& launch) override;
  Result<double> copy_rate() override;

 private:
  struct Slot {
    Commands commands;
    Span kernel;
    Buffer sent, packet, results, fetched;
  };

  VulkanBackend(DeviceInfo info, Instance instance, VkPhysicalDevice physical, LogicalDevice device,
                std::vector<Pipeline> pipelines, Commands upload_commands, std::vector<Slot> slots)
      : info_(std::move(info)),
        instance_(std::move(instance)),
        physical_(physical),
        device_(std::move(device)),
        pipelines_(std::move(pipelines)),
        upload_commands_(std::move(upload_commands)),
        slots_(std::move(slots)) {}

  MemorySource memory_source() { return {physical_, device_, memory()}; }
  // The buffer that the address lies in.
  const Buffer& buffer_at(DeviceAddress address);
  std::mutex& mutex_of(VkQueue queue) {
    return queue == device_.frame_queue() ? frame_queue_ : picture_queue_;
  }

  const DeviceInfo info_;
  Instance instance_;
  VkPhysicalDevice physical_;
  LogicalDevice device_;
  std::vector<Pipeline> pipelines_;         // by Kernel
  std::mutex frame_queue_, picture_queue_;  // held while submitting
  std::mutex uploading_;                    // guards the two below
  Commands upload_commands_;
  Buffer upload_staging_;
  std::mutex buffers_mutex_;  // guards buffers_
  std::map<DeviceAddress, Buffer> buffers_;
  std::vector<Slot> slots_;
};

Result<std::unique_ptr<GpuBackend>> VulkanBackend::open(int index) {
  REELD_ASSIGN(Instance instance, Instance::create());
  const auto devices = physical_devices(instance);
  if (index < 0 || index >= static_cast<int>(devices.size())) {
    return Error{Code::device_unavailable, "this machine has no Vulkan device " + std::to_string(index)};
  }
  const VkPhysicalDevice physical = devices[static_cast<std::size_t>(index)];
  DeviceInfo info = describe(physical, index);
  if (!info.why_not.empty()) {
    return Error{Code::device_unavailable, info.name + " cannot be used: " + info.why_not};
  }
  REELD_ASSIGN(LogicalDevice device, LogicalDevice::create(physical));
  std::vector<Pipeline> pipelines;
  for (const auto& words : kModules) {
    REELD_ASSIGN(Pipeline pipeline, make_pipeline(device.get(), words));
    pipelines.push_back(std::move(pipeline));
  }
  REELD_ASSIGN(Commands upload_commands, Commands::create(device));
  std::vector<Slot> slots;
  for (int i = 0; i < kLaunchSlots; ++i) {
    REELD_ASSIGN(Commands commands, Commands::create(device));
    REELD_ASSIGN(Span kernel, Span::create(physical, device));
    slots.push_back(Slot{std::move(commands), std::move(kernel), {}, {}, {}, {}});
  }
  return std::unique_ptr<GpuBackend>(new VulkanBackend(std::move(info), std::move(instance), physical,
                                                       std::move(device), std::move(pipelines),
                                                       std::move(upload_commands), std::move(slots)));
}

Result<DeviceAddress> VulkanBackend::allocate(std::size_t bytes) {
  REELD_ASSIGN(Buffer buffer, make_buffer(memory_source(), MemoryKind::device, bytes));
  const std::lock_guard lock(buffers_mutex_);
  const DeviceAddress address = buffer.address;
  buffers_.emplace(address, std::move(buffer));
  return address;
}

void VulkanBackend::free(DeviceAddress address) {
  const std::lock_guard lock(buffers_mutex_);
  buffers_.erase(address);
}

const Buffer& VulkanBackend::buffer_at(DeviceAddress address) {
  const std::lock_guard lock(buffers_mutex_);
  return std::prev(buffers_.upper_bound(address))->second;
}

Result<void> VulkanBackend::upload(DeviceAddress to, const void* from, std::size_t bytes) {
  const std::lock_guard lock(uploading_);
  const Buffer& target = buffer_at(to);
  REELD_TRY(upload_staging_.grow(memory_source(), MemoryKind::sending, bytes));
  std::memcpy(upload_staging_.host, from, bytes);
  REELD_TRY(upload_commands_.begin());
  copy(upload_commands_.get(), upload_staging_, 0, target, to - target.address, bytes);
  memory_barrier(upload_commands_.get(), VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT,
                 VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_READ_BIT);
  return upload_commands_.run(device_.picture_queue(), mutex_of(device_.picture_queue()));
}

Result<void> VulkanBackend::download(void* to, DeviceAddress from, std::size_t bytes) {
  const Buffer& source = buffer_at(from);
  REELD_ASSIGN(const Buffer staging, make_buffer(memory_source(), MemoryKind::fetching, bytes));
  REELD_ASSIGN(Commands commands, Commands::create(device_));
  REELD_TRY(commands.begin());
  copy(commands.get(), source, from - source.address, staging, 0, bytes);
  memory_barrier(commands.get(), VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT,
                 VK_PIPELINE_STAGE_HOST_BIT, VK_ACCESS_HOST_READ_BIT);
  REELD_TRY(commands.run(device_.picture_queue(), mutex_of(device_.picture_queue())));
  std::memcpy(to, staging.host, bytes);
  return {};
}

Result<GpuBackend::SlotMemory> VulkanBackend::reserve(int index, std::size_t packet_bytes,
                                                      std::size_t result_bytes) {
  Slot& slot = slots_[static_cast<std::size_t>(index)];
  REELD_TRY(slot.sent.grow(memory_source(), MemoryKind::sending, packet_bytes));
  REELD_TRY(slot.packet.grow(memory_source(), MemoryKind::device, packet_bytes));
  REELD_TRY(slot.results.grow(memory_source(), MemoryKind::device, result_bytes));
  REELD_TRY(slot.fetched.grow(memory_source(), MemoryKind::fetching, result_bytes));
  return SlotMemory{slot.sent.host, slot.packet.address, slot.fetched.host, slot.results.address};
}

Result<double> VulkanBackend::launch(int index, const Launch& launch) {
  Slot& slot = slots_[static_cast<std::size_t>(index)];
  const VkCommandBuffer commands = slot.commands.get();
  REELD_TRY(slot.commands.begin());
  copy(commands, slot.sent, 0, slot.packet, 0, launch.packet_bytes);
  if (launch.clears_results) {
    vkCmdFillBuffer(commands, slot.results.buffer.get(), 0, (launch.result_bytes + 3) / 4 * 4, 0);
  }
  memory_barrier(commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT,
                 VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                 VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT);
  const Pipeline& pipeline = pipelines_[static_cast<std::size_t>(launch.kernel)];
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.pipeline.get());
  vkCmdPushConstants(commands, pipeline.layout.get(), VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(DeviceAddress),
                     &slot.packet.address);
  // Behind the barrier, and behind the kernels of frames before: the time is this kernel's alone.
  slot.kernel.begin(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT);
  vkCmdDispatch(commands, static_cast<std::uint32_t>(launch.grid.across),
                static_cast<std::uint32_t>(launch.grid.down), static_cast<std::uint32_t>(launch.grid.frames));
  slot.kernel.end(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT);
  if (launch.result_bytes > 0) {
    memory_barrier(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_WRITE_BIT,
                   VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_READ_BIT);
    copy(commands, slot.results, 0, slot.fetched, 0, launch.result_bytes);
    memory_barrier(commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT,
                   VK_PIPELINE_STAGE_HOST_BIT, VK_ACCESS_HOST_READ_BIT);
  }
  REELD_TRY(slot.commands.run(device_.frame_queue(), frame_queue_));
  return slot.kernel.seconds();
}

// By the device's own clock, so that the submission is not counted; by the host's where it has none.
Result<double> VulkanBackend::copy_rate() {
  constexpr std::size_t kBytes = std::size_t{64} << 20;
  constexpr int kCopies = 8;
  REELD_ASSIGN(const Buffer from, make_buffer(memory_source(), MemoryKind::device, kBytes));
  REELD_ASSIGN(const Buffer to, make_buffer(memory_source(), MemoryKind::device, kBytes));
  REELD_ASSIGN(Commands commands, Commands::create(device_));
  REELD_ASSIGN(Span span, Span::create(physical_, device_));
  double best = 0;
  for (int run = 0; run < 3; ++run) {
    REELD_TRY(commands.begin());
    span.begin(commands.get(), VK_PIPELINE_STAGE_TRANSFER_BIT);
    for (int i = 0; i < kCopies; ++i) {
      copy(commands.get(), from, 0, to, 0, kBytes);
      memory_barrier(commands.get(), VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT,
                     VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT);
    }
    span.end(commands.get(), VK_PIPELINE_STAGE_TRANSFER_BIT);
    const auto start = std::chrono::steady_clock::now();
    REELD_TRY(commands.run(device_.frame_queue(), frame_queue_));
    const std::chrono::duration<double> seen = std::chrono::steady_clock::now() - start;
    REELD_ASSIGN(const double copying, span.seconds());
    best = std::max(best, 2.0 * kBytes * kCopies / (copying > 0 ? copying : seen.count()));
  }
  return best;
}

}  // namespace

std::vector<DeviceInfo> list_vulkan_devices() {
  const DeviceInfo none{DeviceKind::vulkan, 0, "Vulkan", 0, false, ""};
  std::vector<DeviceInfo> found;
  const auto instance = Instance::create();
  if (instance) {
    const auto devices = physical_devices(*instance);
    for (std::size_t i = 0; i < devices.size(); ++i) {
      found.push_back(describe(devices[i], static_cast<int>(i)));
    }
  }
  if (found.empty()) {
    found.push_back(none);
    found.back().why_not =
        "no Vulkan driver is installed here, or it found no device (on Debian: mesa-vulkan-drivers, or "
        "the maker's driver); use the cpu device";
  }
  return found;
}

Result<std::unique_ptr<GpuBackend>> open_vulkan_backend(int index) {
  return VulkanBackend::open(index);
}

}  // namespace reeld::kernels
