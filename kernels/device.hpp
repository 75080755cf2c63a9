// Where pixels are computed: cpu, cuda, vulkan behind one interface. A device that was not built, or is not
// on this machine, is a stub whose Error says so in a sentence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "kernels/arriving_rows.hpp"
#include "kernels/frame_plan.hpp"
#include "kernels/statistics.hpp"

namespace reeld::kernels {

enum class DeviceKind : std::uint8_t { cpu, cuda, vulkan };

std::string_view device_kind_name(DeviceKind kind);

// One row of what `reelctl devices` shows. `why_not` is empty where the device can be opened.
struct DeviceInfo {
  DeviceKind kind = DeviceKind::cpu;
  int index = 0;     // among the devices of its kind
  std::string name;  // "AMD EPYC 7763", "NVIDIA H200"
  std::int64_t memory_bytes = 0;
  bool is_emulated = false;  // a GPU's API on the CPU: right, and slower than the CPU device
  std::string why_not;
};

// How the bytes of a picture are laid out. sRGB-encoded, 4 channels RGBA, interleaved, rows top down.
enum class PictureFormat : std::uint8_t { rgba8, rgba16 };
// premultiplied: of encoded values, as cairo makes. opaque: known to be full everywhere, as a JPEG's, so that
// nobody looks for it.
enum class AlphaKind : std::uint8_t { straight, premultiplied, opaque };

// The mip levels of a picture that are kept; a picture's last level is 1x1, and a number beyond it means that
// one.
struct LevelRange {
  static constexpr int kSmallest = 31;
  int first = 0, last = kSmallest;
};

// A picture in host memory. Owns nothing; lives until upload returns.
struct PictureView {
  const void* data = nullptr;
  int width = 0, height = 0;  // 1..kMaxPictureSize
  std::size_t stride_bytes = 0;
  PictureFormat format = PictureFormat::rgba8;
  AlphaKind alpha = AlphaKind::straight;
  // Where not null: the picture is still being decoded, and upload waits for the rows that it needs, and
  // returns the decoder's error, if there is one. measure takes whole pictures only.
  const ArrivingRows* rows = nullptr;
};

// Where a frame is written. yuv420p: Y, Cb, Cr; nv12 and p010: Y, CbCr; rgb24: one plane. Owns nothing.
struct FrameView {
  std::uint8_t* planes[3] = {nullptr, nullptr, nullptr};
  std::size_t stride_bytes[3] = {0, 0, 0};
  // The planes are addresses in the GPU's own memory, such as an encoder's surface; strides are then
  // multiples of 4.
  bool on_device = false;
  // Where not null: the frame's reduced luma is written here as well (kernels/reduced.hpp),
  // reduced_size(width) times reduced_size(height) sums in host memory. Not of rgb24.
  std::uint16_t* reduced = nullptr;
};

// What a GPU did and held for one Device. Zeros for the CPU, whose use the operating system counts.
struct DeviceUsage {
  // Of the frame kernels so far, by the GPU's own clock; 0 where it has none. Transfers are not in it. Where
  // frames are in flight on several queues (CUDA), a kernel's time includes its waiting for the others'.
  double gpu_seconds = 0;
  // Of the GPU's own memory, in pictures and frames in flight: now, and at most since reset_peak_memory. What
  // its driver takes for itself is not known here.
  std::size_t memory_bytes = 0, peak_memory_bytes = 0;
};

// Owns its pictures. Every method may be called from any thread, at the same time; render is a pure function
// of its plan.
class Device {
 public:
  virtual ~Device() = default;
  Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  virtual const DeviceInfo& info() const = 0;

  // Takes a picture in and makes its mip chain; levels outside of `levels` cannot be sampled.
  virtual Result<PictureId> upload(const PictureView& picture, LevelRange levels) = 0;
  virtual void release(PictureId picture) = 0;

  // Renders one frame into `out`. Errors: invalid_request for a plan out of range or an unknown picture,
  // device_lost.
  virtual Result<void> render(const FramePlan& plan, const FrameView& out) = 0;

  // The same for several frames at once, which a GPU puts into one launch: worth it where frames are small.
  virtual Result<void> render_all(std::span<const FramePlan> plans, std::span<const FrameView> outs);

  // What the picture measures; it need not be uploaded. Of 8 bits a channel: of 16, the high byte alone is to
  // be handed over. A transparent picture counts as laid over black. On `thread_count` threads of the CPU; a
  // GPU needs none. Errors: invalid_request, picture_too_large, limit_exceeded, device_lost.
  virtual Result<PictureStatistics> measure(const PictureView& picture, int thread_count) = 0;

  // Measures, for a second or less, how fast this device copies within its own memory: bytes read and bytes
  // written, both counted, a second. On one thread for the CPU. What a kernel's use of memory is compared
  // with.
  virtual Result<double> copy_rate() = 0;

  virtual DeviceUsage usage() const { return {}; }
  virtual void reset_peak_memory() {}
};

// Every device of every kind this program knows, also those that cannot be opened here; at least one row a
// kind.
std::vector<DeviceInfo> list_devices();
std::vector<DeviceInfo> list_devices(DeviceKind kind);

// Errors: device_unavailable, with DeviceInfo's why_not.
Result<std::unique_ptr<Device>> open_device(DeviceKind kind, int index = 0);

}  // namespace reeld::kernels
