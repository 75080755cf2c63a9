#include "engine/render.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "engine/files.hpp"
#include "engine/frame_buffer.hpp"
#include "engine/scene_loader.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using kernels::FrameView;
using kernels::PixelFormat;

// Frames rendered by several threads and taken in order by one. As many are in flight as there are buffers.
class FrameQueue {
 public:
  FrameQueue(const Plan& plan, const SegmentTask& task, PixelFormat format, kernels::Device& device)
      : plan_(plan),
        task_(task),
        format_(format),
        device_(device),
        loader_(plan, task.data_dir, task.first + task.count, device) {
    const int threads = std::max(1, task.threads);
    for (int i = 0; i < threads + 2; ++i) slots_.emplace_back(format, plan.output.width, plan.output.height);
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { render_frames(); });
  }

  ~FrameQueue() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  // Copies frame task.first + index into `target`. Called for index 0, 1, ... in order.
  Result<void> take(std::int64_t index, const FrameView& target) {
    Slot& slot = slots_[static_cast<std::size_t>(index) % slots_.size()];
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return error_ || slot.ready == index; });
      if (error_) return *error_;
    }
    slot.buffer.copy_to(target);
    {
      const std::lock_guard lock(mutex_);
      taken_ = index + 1;
      loader_.release_before(task_.first + taken_);
    }
    changed_.notify_all();
    return {};
  }

 private:
  struct Slot {
    Slot(PixelFormat format, int width, int height) : buffer(format, width, height) {}
    FrameBuffer buffer;
    std::int64_t ready = -1;  // the frame whose pixels it holds
  };

  void render_frames() {
    while (true) {
      std::int64_t index;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] {
          return stopped_ || error_ || next_ < taken_ + static_cast<std::int64_t>(slots_.size()) ||
                 next_ >= task_.count;
        });
        if (stopped_ || error_ || next_ >= task_.count) return;
        index = next_++;
      }
      Slot& slot = slots_[static_cast<std::size_t>(index) % slots_.size()];
      const auto rendered = render_one(task_.first + index, slot.buffer.view);
      {
        const std::lock_guard lock(mutex_);
        if (rendered) {
          slot.ready = index;
        } else if (!error_) {
          error_ = rendered.error();
        }
      }
      changed_.notify_all();
    }
  }

  Result<void> render_one(std::int64_t frame, const FrameView& view) {
    REELD_TRY(loader_.load(frame));
    kernels::FramePlan shown = frame_plan(plan_, frame, loader_.uploaded());
    shown.format = format_;
    return device_.render(shown, view);
  }

  const Plan& plan_;
  const SegmentTask& task_;
  const PixelFormat format_;
  kernels::Device& device_;
  SceneLoader loader_;
  std::vector<Slot> slots_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t next_ = 0, taken_ = 0;
  bool stopped_ = false;
  std::optional<Error> error_;
};

Result<void> write_segment(const Plan& plan, const SegmentTask& task, const fs::path& out,
                           kernels::Device& device, const FramesDone& frames_done) {
  REELD_ASSIGN(const auto writer, open_segment(out, plan.output, task.encoder, task.threads));
  return render_frames(plan, task, device, *writer, frames_done);
}

}  // namespace

Result<void> render_frames(const Plan& plan, const SegmentTask& task, kernels::Device& device,
                           SegmentWriter& writer, const FramesDone& frames_done) {
  FrameQueue frames(plan, task, writer.pixel_format(), device);
  for (std::int64_t i = 0; i < task.count; ++i) {
    REELD_ASSIGN(const FrameView target, writer.next_frame());
    REELD_TRY(frames.take(i, target));
    REELD_TRY(writer.write());
    frames_done(i + 1);
  }
  return writer.finish();
}

Result<void> render_segment(const Plan& plan, const SegmentTask& task, kernels::Device& device,
                            const FramesDone& frames_done) {
  fs::path unfinished = task.out;
  unfinished += ".part";
  auto written = write_segment(plan, task, unfinished, device, frames_done);
  if (written) written = publish_file(unfinished, task.out);
  if (!written) {
    std::error_code ignored;
    fs::remove(unfinished, ignored);
  }
  return written;
}

Result<std::vector<std::uint8_t>> render_still(const Plan& plan, const fs::path& data_dir, std::int64_t frame,
                                               kernels::Device& device) {
  SceneLoader loader(plan, data_dir, frame + 1, device);
  REELD_TRY(loader.load(frame));
  kernels::FramePlan shown = frame_plan(plan, frame, loader.uploaded());
  shown.format = PixelFormat::rgb24;
  FrameBuffer buffer(PixelFormat::rgb24, plan.output.width, plan.output.height);
  REELD_TRY(device.render(shown, buffer.view));
  return std::move(buffer.bytes);
}

}  // namespace reeld::engine
