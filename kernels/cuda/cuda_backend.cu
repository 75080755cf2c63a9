// The CUDA backend: the kernels, and the runtime's calls, each checked.
#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

#include <cuda_runtime.h>

#include "kernels/cuda/cuda_backend.hpp"
#include "kernels/gpu/frame_params.hpp"
#include "kernels/gpu/measure_params.hpp"

namespace reeld::kernels {
namespace {

#include "kernels/cuda/kernels.inc"

// Errors: limit_exceeded where memory is short, device_lost for what a context does not survive, else
// device_unavailable. `what` names the call.
Result<void> checked(cudaError_t result, const std::string& what) {
  if (result == cudaSuccess) {
    return {};
  }
  if (result == cudaErrorInsufficientDriver) {
    return Error{Code::device_unavailable,
                 "no NVIDIA driver is installed here, or one that is older than CUDA " +
                     std::to_string(CUDART_VERSION / 1000) + " needs; use the vulkan or the cpu device"};
  }
  const std::string message = "CUDA: " + what + ": " + cudaGetErrorString(result);
  switch (result) {
    case cudaErrorMemoryAllocation:
      cudaGetLastError();  // it is not sticky, and would be told again
      return Error{Code::limit_exceeded, message};
    case cudaErrorNoDevice:
    case cudaErrorInvalidDevice:
    case cudaErrorDevicesUnavailable:
    case cudaErrorNoKernelImageForDevice:
      return Error{Code::device_unavailable, message};
    default:
      return Error{Code::device_lost, message};
  }
}

// Memory of the device, or host memory pinned for its transfers.
template <cudaError_t (*kFree)(void*)>
class Memory {
 public:
  Memory() = default;
  explicit Memory(void* address, MemoryMeter::Share share = {})
      : address_(address), share_(std::move(share)) {}
  Memory(Memory&& other) noexcept
      : address_(std::exchange(other.address_, nullptr)), share_(std::move(other.share_)) {}
  Memory& operator=(Memory&& other) noexcept {
    std::swap(address_, other.address_);
    std::swap(share_, other.share_);
    return *this;
  }
  ~Memory() {
    if (address_ != nullptr) {
      kFree(address_);  // an error here is one of a launch before, which is told by the next call
    }
  }
  std::uint8_t* get() const { return static_cast<std::uint8_t*>(address_); }

 private:
  void* address_ = nullptr;
  MemoryMeter::Share share_;  // of the device's memory
};
using DeviceMemory = Memory<cudaFree>;
using PinnedMemory = Memory<cudaFreeHost>;

Result<DeviceMemory> make_device_memory(MemoryMeter& meter, std::size_t bytes) {
  void* address = nullptr;
  REELD_TRY(checked(cudaMalloc(&address, bytes), "cudaMalloc of " + std::to_string(bytes) + " bytes"));
  return DeviceMemory(address, meter.take(bytes));
}

Result<PinnedMemory> make_pinned_memory(std::size_t bytes) {
  void* address = nullptr;
  REELD_TRY(
      checked(cudaMallocHost(&address, bytes), "cudaMallocHost of " + std::to_string(bytes) + " bytes"));
  return PinnedMemory(address);
}

class Stream {
 public:
  Stream() = default;
  static Result<Stream> create() {
    Stream made;
    REELD_TRY(checked(cudaStreamCreateWithFlags(&made.stream_, cudaStreamNonBlocking), "cudaStreamCreate"));
    return Result<Stream>(std::move(made));
  }
  Stream(Stream&& other) noexcept : stream_(std::exchange(other.stream_, nullptr)) {}
  Stream& operator=(Stream&& other) noexcept {
    std::swap(stream_, other.stream_);
    return *this;
  }
  ~Stream() {
    if (stream_ != nullptr) {
      cudaStreamDestroy(stream_);
    }
  }
  cudaStream_t get() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

// Two points of a stream, and the seconds between them by the device's clock.
class Span {
 public:
  Span() = default;
  static Result<Span> create() {
    Span made;
    REELD_TRY(checked(cudaEventCreate(&made.begin_), "cudaEventCreate"));
    REELD_TRY(checked(cudaEventCreate(&made.end_), "cudaEventCreate"));
    return Result<Span>(std::move(made));
  }
  Span(Span&& other) noexcept
      : begin_(std::exchange(other.begin_, nullptr)), end_(std::exchange(other.end_, nullptr)) {}
  Span& operator=(Span&& other) noexcept {
    std::swap(begin_, other.begin_);
    std::swap(end_, other.end_);
    return *this;
  }
  ~Span() {
    for (cudaEvent_t event : {begin_, end_}) {
      if (event != nullptr) {
        cudaEventDestroy(event);
      }
    }
  }
  Result<void> begin(cudaStream_t stream) {
    return checked(cudaEventRecord(begin_, stream), "cudaEventRecord");
  }
  Result<void> end(cudaStream_t stream) { return checked(cudaEventRecord(end_, stream), "cudaEventRecord"); }
  // After both were passed.
  Result<double> seconds() const {
    float milliseconds = 0;
    REELD_TRY(checked(cudaEventElapsedTime(&milliseconds, begin_, end_), "cudaEventElapsedTime"));
    return static_cast<double>(milliseconds) * 1e-3;
  }

 private:
  cudaEvent_t begin_ = nullptr;
  cudaEvent_t end_ = nullptr;
};

constexpr int kLeastCapability = 75;

DeviceInfo describe(int index) {
  DeviceInfo info{DeviceKind::cuda, index, "CUDA device " + std::to_string(index), 0, false, ""};
  cudaDeviceProp properties = {};
  const auto found = checked(cudaGetDeviceProperties(&properties, index), "cudaGetDeviceProperties");
  if (!found) {
    info.why_not = found.error().message;
    return info;
  }
  info.name = properties.name;
  info.memory_bytes = static_cast<std::int64_t>(properties.totalGlobalMem);
  if (properties.major * 10 + properties.minor < kLeastCapability) {
    info.why_not = "its compute capability is " + std::to_string(properties.major) + "." +
                   std::to_string(properties.minor) + ", and 7.5 is needed";
  }
  return info;
}

class CudaBackend final : public GpuBackend {
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
  PeakRates peak_rates() const override;

 private:
  struct Slot {
    Stream stream;
    Span kernel;
    PinnedMemory sent, fetched;
    DeviceMemory packet, results;
    std::size_t packet_room = 0, result_room = 0;
  };

  explicit CudaBackend(DeviceInfo info) : info_(std::move(info)) {}
  // The calling thread's calls go to this device.
  Result<void> enter() { return checked(cudaSetDevice(info_.index), "cudaSetDevice"); }

  const DeviceInfo info_;
  std::mutex allocated_mutex_;  // guards allocated_
  std::map<DeviceAddress, DeviceMemory> allocated_;
  std::mutex uploading_;  // guards the three below
  Stream upload_stream_;
  PinnedMemory staging_;
  std::size_t staging_room_ = 0;
  Slot slots_[kLaunchSlots];
};

Result<std::unique_ptr<GpuBackend>> CudaBackend::open(int index) {
  int count = 0;
  REELD_TRY(checked(cudaGetDeviceCount(&count), "cudaGetDeviceCount"));
  if (index < 0 || index >= count) {
    return Error{Code::device_unavailable, "this machine has no CUDA device " + std::to_string(index)};
  }
  DeviceInfo info = describe(index);
  if (!info.why_not.empty()) {
    return Error{Code::device_unavailable, info.name + " cannot be used: " + info.why_not};
  }
  std::unique_ptr<CudaBackend> made(new CudaBackend(std::move(info)));
  REELD_TRY(made->enter());
  REELD_ASSIGN(made->upload_stream_, Stream::create());
  for (Slot& slot : made->slots_) {
    REELD_ASSIGN(slot.stream, Stream::create());
    REELD_ASSIGN(slot.kernel, Span::create());
  }
  return std::unique_ptr<GpuBackend>(std::move(made));
}

Result<DeviceAddress> CudaBackend::allocate(std::size_t bytes) {
  REELD_TRY(enter());
  REELD_ASSIGN(DeviceMemory made, make_device_memory(memory(), bytes));
  const auto address = reinterpret_cast<DeviceAddress>(made.get());
  const std::lock_guard lock(allocated_mutex_);
  allocated_.emplace(address, std::move(made));
  return address;
}

void CudaBackend::free(DeviceAddress address) {
  const std::lock_guard lock(allocated_mutex_);
  allocated_.erase(address);
}

Result<void> CudaBackend::upload(DeviceAddress to, const void* from, std::size_t bytes) {
  const std::lock_guard lock(uploading_);
  REELD_TRY(enter());
  if (bytes > staging_room_) {
    REELD_ASSIGN(staging_, make_pinned_memory(bytes));
    staging_room_ = bytes;
  }
  std::memcpy(staging_.get(), from, bytes);
  REELD_TRY(checked(cudaMemcpyAsync(reinterpret_cast<void*>(to), staging_.get(), bytes,
                                    cudaMemcpyHostToDevice, upload_stream_.get()),
                    "copying a picture to the GPU"));
  return checked(cudaStreamSynchronize(upload_stream_.get()), "copying a picture to the GPU");
}

Result<void> CudaBackend::download(void* to, DeviceAddress from, std::size_t bytes) {
  REELD_TRY(enter());
  return checked(cudaMemcpy(to, reinterpret_cast<const void*>(from), bytes, cudaMemcpyDeviceToHost),
                 "copying from the GPU");
}

Result<GpuBackend::SlotMemory> CudaBackend::reserve(int index, std::size_t packet_bytes,
                                                    std::size_t result_bytes) {
  REELD_TRY(enter());
  Slot& slot = slots_[index];
  // A half more, since the next frame's tables may be a little longer.
  if (packet_bytes > slot.packet_room) {
    const std::size_t room = packet_bytes + packet_bytes / 2;
    REELD_ASSIGN(slot.sent, make_pinned_memory(room));
    REELD_ASSIGN(slot.packet, make_device_memory(memory(), room));
    slot.packet_room = room;
  }
  if (result_bytes > slot.result_room) {
    REELD_ASSIGN(slot.fetched, make_pinned_memory(result_bytes));
    REELD_ASSIGN(slot.results, make_device_memory(memory(), result_bytes));
    slot.result_room = result_bytes;
  }
  return SlotMemory{slot.sent.get(), reinterpret_cast<DeviceAddress>(slot.packet.get()), slot.fetched.get(),
                    reinterpret_cast<DeviceAddress>(slot.results.get())};
}

Result<double> CudaBackend::launch(int index, const Launch& launch) {
  REELD_TRY(enter());
  Slot& slot = slots_[index];
  const cudaStream_t stream = slot.stream.get();
  REELD_TRY(checked(cudaMemcpyAsync(slot.packet.get(), slot.sent.get(), launch.packet_bytes,
                                    cudaMemcpyHostToDevice, stream),
                    "sending a kernel's tables"));
  if (launch.clears_results) {
    REELD_TRY(checked(cudaMemsetAsync(slot.results.get(), 0, launch.result_bytes, stream),
                      "clearing a kernel's results"));
  }
  const dim3 groups(static_cast<unsigned>(launch.grid.across), static_cast<unsigned>(launch.grid.down),
                    static_cast<unsigned>(launch.grid.frames));
  REELD_TRY(slot.kernel.begin(stream));
  switch (launch.kernel) {
    case Kernel::frames:
      device::render_frames<<<groups, device::kGroupThreads, 0, stream>>>(
          reinterpret_cast<const gpu::FrameParams*>(slot.packet.get()));
      break;
    case Kernel::measure:
      device::measure_picture<<<groups, device::kMeasureThreads, 0, stream>>>(
          reinterpret_cast<const gpu::MeasureParams*>(slot.packet.get()));
      break;
  }
  REELD_TRY(checked(cudaGetLastError(), "starting a kernel"));
  REELD_TRY(slot.kernel.end(stream));
  if (launch.result_bytes > 0) {
    REELD_TRY(checked(cudaMemcpyAsync(slot.fetched.get(), slot.results.get(), launch.result_bytes,
                                      cudaMemcpyDeviceToHost, stream),
                      "fetching a kernel's results"));
  }
  REELD_TRY(checked(cudaStreamSynchronize(stream), "a kernel"));
  return slot.kernel.seconds();
}

// By the device's own clock, so that the launch is not counted.
Result<double> CudaBackend::copy_rate() {
  constexpr std::size_t kBytes = std::size_t{256} << 20;
  REELD_TRY(enter());
  REELD_ASSIGN(const DeviceMemory from, make_device_memory(memory(), kBytes));
  REELD_ASSIGN(const DeviceMemory to, make_device_memory(memory(), kBytes));
  REELD_ASSIGN(Span span, Span::create());
  const cudaStream_t stream = upload_stream_.get();
  double best = 0;
  for (int run = 0; run < 8; ++run) {
    REELD_TRY(span.begin(stream));
    REELD_TRY(
        checked(cudaMemcpyAsync(to.get(), from.get(), kBytes, cudaMemcpyDeviceToDevice, stream), "a copy"));
    REELD_TRY(span.end(stream));
    REELD_TRY(checked(cudaStreamSynchronize(stream), "a copy"));
    REELD_ASSIGN(const double seconds, span.seconds());
    best = std::max(best, 2.0 * static_cast<double>(kBytes) / seconds);
  }
  return best;
}

// Of every multiprocessor and clock: 64 multiply-adds of whole numbers (CUDA C++ Programming Guide,
// "Arithmetic Instructions", 7.5 to 12.1), and 128 operations on floats, or 64 before 8.6 and on 8.0.
GpuBackend::PeakRates CudaBackend::peak_rates() const {
  int processors = 0;
  int kilohertz = 0;
  int major = 0;
  int minor = 0;
  const bool is_known =
      cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, info_.index) == cudaSuccess &&
      cudaDeviceGetAttribute(&kilohertz, cudaDevAttrClockRate, info_.index) == cudaSuccess &&
      cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, info_.index) == cudaSuccess &&
      cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, info_.index) == cudaSuccess;
  if (!is_known) {
    return {};
  }
  const double clocks = static_cast<double>(processors) * kilohertz * 1e3;
  const int floats = major * 10 + minor < 86 ? 64 : 128;
  return {clocks * 64, clocks * floats};
}

}  // namespace

std::vector<DeviceInfo> list_cuda_devices() {
  int count = 0;
  const auto counted = checked(cudaGetDeviceCount(&count), "cudaGetDeviceCount");
  std::vector<DeviceInfo> found;
  for (int i = 0; counted && i < count; ++i) {
    found.push_back(describe(i));
  }
  if (found.empty()) {
    found.push_back({DeviceKind::cuda, 0, "CUDA", 0, false, ""});
    found.back().why_not = counted ? "no NVIDIA GPU is in this machine; use the vulkan or the cpu device"
                                   : counted.error().message;
  }
  return found;
}

Result<std::unique_ptr<GpuBackend>> open_cuda_backend(int index) {
  return CudaBackend::open(index);
}

}  // namespace reeld::kernels
