#include "engine/render.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "engine/files.hpp"
#include "engine/finish_beside.hpp"
#include "engine/frame_buffer.hpp"
#include "engine/low_priority.hpp"
#include "engine/poster.hpp"
#include "engine/score/segment_meter.hpp"
#include "kernels/reduced.hpp"

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

Result<std::vector<std::uint8_t>> rendered_still(const Plan& plan, std::int64_t frame,
                                                 const SceneLoader& loader, kernels::Device& device) {
  kernels::FramePlan shown = frame_plan(plan, frame, loader.uploaded());
  shown.format = PixelFormat::rgb24;
  FrameBuffer buffer(PixelFormat::rgb24, plan.output.width, plan.output.height);
  REELD_TRY(device.render(shown, buffer.view));
  return std::move(buffer.bytes);
}

// Frames rendered by several threads and taken in order by one. As many are in flight as there are slots.
class FrameQueue {
 public:
  // `reduces`: their reduced luma is made as well.
  FrameQueue(const Plan& plan, const FrameRun& run, const FrameSource& source, kernels::Device& device,
             SceneLoader& loader, bool reduces)
      : plan_(plan),
        run_(run),
        source_(source),
        device_(device),
        reduces_(reduces),
        at_once_(frames_at_once(plan.output.width, plan.output.height)),
        loader_(loader) {
    const int threads = std::max(1, run.threads);
    slots_.resize(static_cast<std::size_t>(threads) * static_cast<std::size_t>(at_once_) + kReadyFrames);
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

  // Frame run.first + index; hands what is measured of it to `meter`, where there is one. Called for index 0,
  // 1, ... in order.
  Result<EncoderFrame> take(std::int64_t index, SegmentMeter* meter) {
    Slot& slot = slot_of(index);
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return error_ || slot.ready == index; });
      if (error_) return *error_;
    }
    EncoderFrame taken = *std::exchange(slot.frame, std::nullopt);
    if (meter != nullptr) {
      meter->add({slot.reduced, text_places(plan_, run_.first + index, loader_.uploaded())});
    }
    {
      const std::lock_guard lock(mutex_);
      taken_ = index + 1;
      loader_.release_before(run_.first + taken_);
    }
    changed_.notify_all();
    return taken;
  }

 private:
  // Rendered and not yet taken, beside those that threads are rendering: about as many as an encoder takes in
  // before it codes the first, so that it need not wait where a segment begins.
  static constexpr std::size_t kReadyFrames = 14;

  struct Slot {
    std::optional<EncoderFrame> frame;  // until it is taken
    ReducedLuma reduced;
    std::int64_t ready = -1;  // the frame whose pixels it holds
  };

  void render_frames() {
    while (true) {
      std::int64_t first, count;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return stopped_ || error_ || room() > 0; });
        if (stopped_ || error_ || next_ >= run_.count) return;
        first = next_;
        // The very first alone: it is waited for.
        count = first == 0 ? 1 : std::min<std::int64_t>({at_once_, room(), run_.count - next_});
        next_ += count;
      }
      const auto rendered = render(first, count);
      {
        const std::lock_guard lock(mutex_);
        for (std::int64_t i = first; rendered && i < first + count; ++i) slot_of(i).ready = i;
        if (!rendered && !error_) error_ = rendered.error();
      }
      changed_.notify_all();
      // From its first frame on the encoder goes first: its threads wait for one another, and frames are made
      // in their pauses.
      let_others_go_first(Nice::rendering);
    }
  }

  // Free slots; at the end always some, so that nobody waits for more.
  std::int64_t room() const {
    return next_ >= run_.count ? 1 : taken_ + static_cast<std::int64_t>(slots_.size()) - next_;
  }
  Slot& slot_of(std::int64_t index) { return slots_[static_cast<std::size_t>(index) % slots_.size()]; }

  // A new frame of the slot, to render into.
  Result<FrameView> begin_frame(Slot& slot) const {
    REELD_ASSIGN(slot.frame, source_.next());
    FrameView view = slot.frame->view();
    if (reduces_) {
      slot.reduced.resize(static_cast<std::size_t>(kernels::reduced_size(plan_.output.width)) *
                          static_cast<std::size_t>(kernels::reduced_size(plan_.output.height)));
      view.reduced = slot.reduced.data();
    }
    return view;
  }

  Result<void> render(std::int64_t first, std::int64_t count) {
    std::vector<kernels::FramePlan> plans;
    std::vector<FrameView> views;
    for (std::int64_t i = first; i < first + count; ++i) {
      REELD_TRY(loader_.load(run_.first + i));
      plans.push_back(frame_plan(plan_, run_.first + i, loader_.uploaded()));
      plans.back().format = source_.pixel_format();
      REELD_ASSIGN(const FrameView view, begin_frame(slot_of(i)));
      views.push_back(view);
    }
    REELD_TRY(device_.render_all(plans, views));
    const std::int64_t poster = poster_frame(plan_) - run_.first;
    return !run_.poster.empty() && poster >= first && poster < first + count ? render_poster()
                                                                             : Result<void>();
  }

  // Once its pictures are loaded.
  Result<void> render_poster() {
    REELD_ASSIGN(const auto rgb, rendered_still(plan_, poster_frame(plan_), loader_, device_));
    return write_poster(plan_.output, rgb, run_.poster);
  }

  const Plan& plan_;
  const FrameRun& run_;
  const FrameSource& source_;
  kernels::Device& device_;
  const bool reduces_;
  const int at_once_;
  SceneLoader& loader_;
  std::vector<Slot> slots_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t next_ = 0, taken_ = 0;
  bool stopped_ = false;
  std::optional<Error> error_;
};

// The next `count` frames of the queue, from `index` on.
Result<void> write_frames(FrameQueue& frames, std::int64_t index, std::int64_t count, SegmentWriter& writer,
                          SegmentMeter* meter, const FramesDone& frames_done) {
  for (const std::int64_t end = index + count; index < end; ++index) {
    REELD_ASSIGN(EncoderFrame frame, frames.take(index, meter));
    REELD_TRY(writer.write(std::move(frame)));
    frames_done(index + 1);
  }
  return {};
}

// Writes it beside its name, and gives it that when it is whole.
class NewSegment {
 public:
  static Result<NewSegment> open(const SegmentFile& segment, const OutputSpec& output,
                                 const EncoderInput& input, int threads) {
    NewSegment made(segment);
    REELD_ASSIGN(made.writer_, open_segment(made.unfinished_, output, input, threads));
    return made;
  }
  NewSegment(NewSegment&&) = default;
  NewSegment& operator=(NewSegment&&) = default;
  ~NewSegment() {
    if (!writer_) return;
    writer_.reset();
    std::error_code ignored;
    fs::remove(unfinished_, ignored);
  }

  SegmentWriter& writer() { return *writer_; }
  // Codes what the encoder still has; `meter` may be none.
  Result<void> publish(SegmentMeter* meter) {
    REELD_TRY(writer_->finish());
    if (meter != nullptr) REELD_TRY(append_measures(unfinished_, meter->finish()));
    REELD_TRY(publish_file(unfinished_, out_));
    writer_.reset();
    return {};
  }

 private:
  explicit NewSegment(const SegmentFile& segment) : out_(segment.out), unfinished_(segment.out) {
    unfinished_ += ".part";
  }

  fs::path out_, unfinished_;
  std::unique_ptr<SegmentWriter> writer_;  // none once it has its name
};

// How many at the start are there already.
std::size_t there_already(const std::vector<SegmentFile>& segments) {
  std::error_code error;
  const auto missing = std::ranges::find_if(
      segments, [&](const SegmentFile& segment) { return !fs::exists(segment.out, error); });
  return static_cast<std::size_t>(missing - segments.begin());
}

}  // namespace

Result<void> render_frames(const Plan& plan, const FrameRun& run, kernels::Device& device,
                           const FrameSource& source, SegmentWriter& writer, const FramesDone& frames_done) {
  SceneLoader loader(plan, run.data_dir, run.first + run.count, device, run.kept, run.picture_loaded);
  FrameQueue frames(plan, run, source, device, loader, false);
  REELD_TRY(write_frames(frames, 0, run.count, writer, nullptr, frames_done));
  return writer.finish();
}

Result<void> render_segments(const Plan& plan, const FrameRun& run, const std::vector<SegmentFile>& segments,
                             const std::string& encoder, kernels::Device& device,
                             const FramesDone& frames_done) {
  const std::size_t begin = there_already(segments);
  if (begin == segments.size()) return {};
  FrameRun rest = run;
  for (std::size_t i = 0; i < begin; ++i) rest.first += segments[i].frame_count;
  rest.count -= rest.first - run.first;
  // The first pictures are loaded while the encoder is opened.
  SceneLoader loader(plan, run.data_dir, run.first + run.count, device, run.kept, run.picture_loaded);
  loader.begin(rest.first);
  REELD_ASSIGN(const EncoderInput input, EncoderInput::open(plan.output, encoder, &device));
  FrameQueue frames(plan, rest, input.frames(), device, loader, plan.score);
  FinishBeside finishing;
  std::int64_t done = 0;
  for (std::size_t i = begin; i < segments.size(); ++i) {
    REELD_ASSIGN(NewSegment opened, NewSegment::open(segments[i], plan.output, input, run.threads));
    const auto segment = std::make_shared<NewSegment>(std::move(opened));
    const auto meter = plan.score ? std::make_shared<SegmentMeter>(plan, rest.first + done) : nullptr;
    REELD_TRY(write_frames(frames, done, segments[i].frame_count, segment->writer(), meter.get(),
                           [&](std::int64_t frame) { frames_done(rest.first - run.first + frame); }));
    REELD_TRY(finishing.start([segment, meter] { return segment->publish(meter.get()); }));
    done += segments[i].frame_count;
  }
  return finishing.wait();
}

Result<std::vector<std::uint8_t>> render_still(const Plan& plan, const fs::path& data_dir, std::int64_t frame,
                                               kernels::Device& device) {
  SceneLoader loader(plan, data_dir, frame + 1, device);
  REELD_TRY(loader.load(frame));
  return rendered_still(plan, frame, loader, device);
}

}  // namespace reeld::engine
