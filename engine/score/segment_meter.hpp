// Measures a segment's frames while the ones after them are rendered and coded. One a segment, in a worker;
// it has a thread of its own, so that nobody waits for it but at the end.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>

#include "engine/score/segment_measures.hpp"

namespace reeld::engine {

class SegmentMeter {
 public:
  // Of the frames from `first` on; `plan` outlives it.
  SegmentMeter(const Plan& plan, std::int64_t first);
  ~SegmentMeter();
  SegmentMeter(const SegmentMeter&) = delete;
  SegmentMeter& operator=(const SegmentMeter&) = delete;

  // The next frame. Waits where it has too many yet to measure.
  void add(EdgeFrame frame);

  // Of all that were added, one or more; nothing can be added behind it.
  SegmentMeasures finish();

 private:
  void run();
  void measure(const EdgeFrame& frame);

  const Plan& plan_;
  std::int64_t frame_;  // the next
  PairMeter pair_meter_;
  MeasuredFrame before_;
  SegmentMeasures measures_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<EdgeFrame> waiting_;
  bool ended_ = false;
  std::thread thread_;  // the last: it uses what is above
};

}  // namespace reeld::engine
