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

// Neighbouring frames that a thread renders at once: they read the same part of a picture, and small ones
// share a GPU's launch. With two a 1080p frame takes 5 to 9% less of two busy cores, with three no less.
int frames_at_once(int width, int height) {
  constexpr int kSmallFrames = 1 << 20;  // pixels that are worth a launch
  return std::clamp(kSmallFrames / (width * height), 2, 8);
}

// Frames rendered by several threads and taken in order by one. As many are in flight as there are buffers.
class FrameQueue {
 public:
  FrameQueue(const Plan& plan, const SegmentTask& task, PixelFormat format, kernels::Device& device)
      : plan_(plan),
        task_(task),
        format_(format),
        device_(device),
        at_once_(frames_at_once(plan.output.width, plan.output.height)),
        loader_(plan, task.data_dir, task.first + task.count, device) {
    const int threads = std::max(1, task.threads);
    for (int i = 0; i < threads * at_once_ + 2; ++i)
      slots_.emplace_back(format, plan.output.width, plan.output.height);
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
    Slot& slot = slot_of(index);
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
      std::int64_t first, count;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return stopped_ || error_ || room() > 0; });
        if (stopped_ || error_ || next_ >= task_.count) return;
        first = next_;
        count = std::min<std::int64_t>({at_once_, room(), task_.count - next_});
        next_ += count;
      }
      const auto rendered = render(first, count);
      {
        const std::lock_guard lock(mutex_);
        for (std::int64_t i = first; rendered && i < first + count; ++i) slot_of(i).ready = i;
        if (!rendered && !error_) error_ = rendered.error();
      }
      changed_.notify_all();
    }
  }

  // Free buffers; at the end always some, so that nobody waits for more.
  std::int64_t room() const {
    return next_ >= task_.count ? 1 : taken_ + static_cast<std::int64_t>(slots_.size()) - next_;
  }
  Slot& slot_of(std::int64_t index) { return slots_[static_cast<std::size_t>(index) % slots_.size()]; }

  Result<void> render(std::int64_t first, std::int64_t count) {
    std::vector<kernels::FramePlan> plans;
    std::vector<FrameView> views;
    for (std::int64_t i = first; i < first + count; ++i) {
      REELD_TRY(loader_.load(task_.first + i));
      plans.push_back(frame_plan(plan_, task_.first + i, loader_.uploaded()));
      plans.back().format = format_;
      views.push_back(slot_of(i).buffer.view);
    }
    return device_.render_all(plans, views);
  }

  const Plan& plan_;
  const SegmentTask& task_;
  const PixelFormat format_;
  kernels::Device& device_;
  const int at_once_;
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
