// The device that every machine has. A frame is rendered on the calling thread, tile by tile, so that what
// lies between the picture and the frame stays in cache; many threads may render at once.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "kernels/cpu/frame.hpp"
#include "kernels/device.hpp"

namespace reeld::kernels {

// As it shows itself with these kernels.
DeviceInfo cpu_device_info(const CpuKernels& kernels);

class CpuDevice final : public Device {
 public:
  explicit CpuDevice(const CpuKernels& kernels = cpu_kernels().front())
      : info_(cpu_device_info(kernels)), kernels_(kernels) {}

  const DeviceInfo& info() const override { return info_; }
  Result<PictureId> upload(const PictureView& picture, LevelRange levels) override;
  void release(PictureId picture) override;
  Result<void> render(const FramePlan& plan, const FrameView& out) override;
  // Tile by tile of all frames, so that neighbouring frames read a picture's part while it is in cache.
  Result<void> render_all(std::span<const FramePlan> plans, std::span<const FrameView> outs) override;
  Result<PictureStatistics> measure(const PictureView& picture, int thread_count) override;
  Result<double> copy_rate() override;

 private:
  // Shared, because a picture may be released while a frame on another thread still reads it.
  using PictureHandle = std::shared_ptr<const Picture>;

  // What one frame is made with.
  struct Work {
    FrameRenderer renderer;
    PictureHandle held[kMaxLayers + kMaxOverlays];
    FramePictures pictures;
  };

  Result<PictureHandle> find(PictureId picture);
  Result<void> hold(const FramePlan& plan, Work* work);
  Result<void> render_with(std::deque<Work>& works, std::span<const FramePlan> plans,
                           std::span<const FrameView> outs);

  const DeviceInfo info_;
  const CpuKernels kernels_;
  std::mutex mutex_;  // guards the two below
  PictureId next_id_ = 1;
  std::unordered_map<PictureId, PictureHandle> pictures_;
};

}  // namespace reeld::kernels
