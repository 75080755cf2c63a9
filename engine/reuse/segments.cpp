#include "engine/reuse/segments.hpp"

#include <algorithm>
#include <cmath>

namespace reeld::engine {
namespace {

std::int64_t frames_in(double seconds, Rational fps) {
  const double rate = static_cast<double>(fps.num) / static_cast<double>(fps.den);
  return std::max<std::int64_t>(1, std::llround(seconds * rate));
}

// The stretches between the frames where a transition begins or ends.
std::vector<SegmentRange> stretches_of(const Plan& plan) {
  std::vector<SegmentRange> stretches;
  std::int64_t first = 0;
  const auto end_at = [&](std::int64_t end) {
    if (end > first) stretches.push_back({first, end - first});
    first = end;
  };
  for (const PlanScene& scene : plan.scenes) {
    const std::int64_t end = scene.first_frame + scene.frame_count;
    end_at(end - scene.transition.frame_count);
    end_at(end);
  }
  return stretches;
}

// Neighbours that are short become one; a long one stands alone, so that it stays what it is.
std::vector<SegmentRange> with_short_ones_together(const std::vector<SegmentRange>& stretches,
                                                   std::int64_t shortest) {
  std::vector<SegmentRange> joined;
  for (const SegmentRange& stretch : stretches) {
    const bool both_short = stretch.count < shortest && !joined.empty() && joined.back().count < shortest;
    if (both_short) {
      joined.back().count += stretch.count;
    } else {
      joined.push_back(stretch);
    }
  }
  return joined;
}

}  // namespace

std::vector<SegmentRange> split_into_segments(const Plan& plan, double seconds) {
  constexpr double kShortest = 0.5;
  const std::int64_t most = frames_in(seconds, plan.output.fps);
  std::vector<SegmentRange> segments;
  for (SegmentRange stretch :
       with_short_ones_together(stretches_of(plan), frames_in(kShortest, plan.output.fps))) {
    // The last keeps what is left over, so that none is a shred.
    for (; stretch.count >= 2 * most; stretch.first += most, stretch.count -= most)
      segments.push_back({stretch.first, most});
    segments.push_back(stretch);
  }
  return segments;
}

std::vector<SegmentRun> runs_of(const std::vector<SegmentRange>& segments, const std::vector<bool>& missing,
                                Rational fps, double seconds, int slots) {
  constexpr double kShortest = 2;  // less is not worth a worker's loading
  std::int64_t to_render = 0;
  for (std::size_t i = 0; i < segments.size(); ++i) to_render += missing[i] ? segments[i].count : 0;
  const std::int64_t wanted =
      std::min(frames_in(seconds, fps), std::max(frames_in(kShortest, fps), (to_render + slots - 1) / slots));
  std::vector<SegmentRun> runs;
  for (std::size_t i = 0; i < segments.size();) {
    std::size_t end = i;
    std::int64_t stretch = 0;
    for (; end < segments.size() && missing[end]; ++end) stretch += segments[end].count;
    const std::int64_t parts = std::max<std::int64_t>(1, (stretch + wanted / 2) / wanted);
    std::int64_t done = 0;
    for (std::int64_t part = 1; i < end; ++part) {
      SegmentRun run{i, 0};
      // To the cut that lies nearest to this part's share.
      do {
        done += segments[i].count;
        ++run.count;
        ++i;
      } while (i < end && (part >= parts || done + segments[i].count / 2 <= stretch * part / parts));
      runs.push_back(run);
    }
    if (i == end) ++i;
  }
  return runs;
}

}  // namespace reeld::engine
