// The device that every machine has. A frame is rendered on the calling thread, row by row, so that what lies
// between the picture and the frame stays in cache; many threads may render at once.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>

#include "kernels/cpu/picture.hpp"
#include "kernels/device.hpp"

namespace reeld::kernels {

DeviceInfo cpu_device_info();

class CpuDevice final : public Device {
 public:
  CpuDevice() : info_(cpu_device_info()) {}

  const DeviceInfo& info() const override { return info_; }
  Result<PictureId> upload(const PictureView& picture, int first_level) override;
  void release(PictureId picture) override;
  Result<void> render(const FramePlan& plan, const FrameView& out) override;

 private:
  // Shared, because a picture may be released while a frame on another thread still reads it.
  using PictureHandle = std::shared_ptr<const Picture>;

  Result<PictureHandle> find(PictureId picture);
  Result<void> render_valid(const FramePlan& plan, const FrameView& out);

  const DeviceInfo info_;
  std::mutex mutex_;  // guards the two below
  PictureId next_id_ = 1;
  std::unordered_map<PictureId, PictureHandle> pictures_;
};

}  // namespace reeld::kernels
