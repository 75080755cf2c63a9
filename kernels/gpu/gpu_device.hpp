// The GPU device, whatever its API: pictures are made on the host, by the CPU's kernels, and kept on the GPU
// within a budget; frames are launched in slots, so that the transfers of one run beside the kernel of
// another.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "kernels/gpu/texel_cache.hpp"

namespace reeld::kernels {

class GpuDevice final : public Device {
 public:
  // `picture_budget`: bytes of the GPU's memory for pictures; 0: three quarters of it.
  explicit GpuDevice(std::unique_ptr<GpuBackend> backend, std::size_t picture_budget = 0);

  const DeviceInfo& info() const override { return backend_->info(); }
  Result<PictureId> upload(const PictureView& picture, LevelRange levels) override;
  void release(PictureId picture) override;
  Result<void> render(const FramePlan& plan, const FrameView& out) override;
  Result<void> render_all(std::span<const FramePlan> plans, std::span<const FrameView> outs) override;
  Result<PictureStatistics> measure(const PictureView& picture, int thread_count) override;
  Result<double> copy_rate() override { return backend_->copy_rate(); }
  DeviceUsage usage() const override {
    return {kernel_seconds_.load(), backend_->memory().bytes(), backend_->memory().peak_bytes()};
  }
  void reset_peak_memory() override { backend_->memory().reset_peak(); }

 private:
  // Shared, because a picture may be released while a frame on another thread still reads it.
  using PictureHandle = std::shared_ptr<const Picture>;

  // What a launch works with; kept, so that its memory is used again.
  struct Slot {
    AxisWindows windows;
    std::vector<PreparedFrame> frames;
    std::vector<TexelCache::Hold> holds;
    bool is_free = true;
  };
  // A slot that is ours; waits for one.
  class SlotLease {
   public:
    explicit SlotLease(GpuDevice& device);
    ~SlotLease();
    SlotLease(const SlotLease&) = delete;
    SlotLease& operator=(const SlotLease&) = delete;
    int index() const { return index_; }

   private:
    GpuDevice& device_;
    int index_ = 0;
  };

  Result<PictureHandle> find(PictureId picture);
  Result<void> launch(int slot, std::size_t count, std::span<const FrameView> outs);
  Result<void> launch_rows(int slot, std::size_t first_frame, std::size_t count, int first_group,
                           int group_rows, std::span<const FrameView> outs);
  Result<std::vector<ResidentTexels>> hold_texels(Slot& slot, const PreparedFrame& frame, int begin_y,
                                                  int end_y);
  // Whether these frames, made in bands of so many rows of groups, find room for all that they show.
  bool fits(std::span<const PreparedFrame> frames, int band);
  bool rows_fit(std::span<const PreparedFrame> frames, int begin_y, int end_y);

  std::unique_ptr<GpuBackend> backend_;
  TexelCache texels_;
  std::mutex gathering_;  // held by the launch that is taking its texels
  std::mutex mutex_;      // guards the pictures and the slots' is_free
  std::condition_variable slot_freed_;
  PictureId next_id_ = 1;
  std::unordered_map<PictureId, PictureHandle> pictures_;
  Slot slots_[kLaunchSlots];
  std::atomic<double> kernel_seconds_ = 0;
};

}  // namespace reeld::kernels
