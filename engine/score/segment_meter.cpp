#include "engine/score/segment_meter.hpp"

#include <utility>

namespace reeld::engine {
namespace {

constexpr std::size_t kMostWaiting = 16;  // frames; of 1080p one takes 64 KB

}  // namespace

SegmentMeter::SegmentMeter(const Plan& plan, std::int64_t first)
    : plan_(plan), frame_(first), pair_meter_(plan.output), thread_([this] { run(); }) {}

SegmentMeter::~SegmentMeter() {
  if (thread_.joinable()) finish();
}

void SegmentMeter::add(EdgeFrame frame) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_.size() < kMostWaiting; });
    waiting_.push_back(std::move(frame));
  }
  changed_.notify_all();
}

SegmentMeasures SegmentMeter::finish() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  thread_.join();
  return std::move(measures_);
}

void SegmentMeter::run() {
  while (true) {
    EdgeFrame frame;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return ended_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      frame = std::move(waiting_.front());
      waiting_.pop_front();
    }
    changed_.notify_all();
    measure(frame);
    if (measures_.frames.size() == 1) measures_.first = frame;
    measures_.last = std::move(frame);
  }
}

void SegmentMeter::measure(const EdgeFrame& frame) {
  MeasuredFrame now{smoothed(frame.reduced, plan_.output.width, plan_.output.height), frame.texts};
  measures_.frames.push_back(luma_facts(frame.reduced));
  if (measures_.frames.size() > 1) {
    measures_.pairs.push_back(pair_meter_.measure(before_, now, planned_pair(plan_, frame_)));
  }
  before_ = std::move(now);
  ++frame_;
}

}  // namespace reeld::engine
