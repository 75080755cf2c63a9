// What was measured of a segment's frames while they were rendered. It lies at the end of the segment's own
// file, in a box that players pass over: so it is there when the segment is, goes with it into the cache of
// segments, and is gone with it.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "engine/score/luma_plane.hpp"
#include "engine/score/pair_measures.hpp"

namespace reeld::engine {

// A frame that a segment begins or ends with: it is compared with its neighbour when the film is whole.
struct EdgeFrame {
  ReducedLuma reduced;
  std::vector<kernels::Rect> texts;
};

struct SegmentMeasures {
  std::vector<LumaFacts> frames;
  std::vector<PairMeasures> pairs;  // of each frame with the one before it, from the second on
  EdgeFrame first, last;
};

// Errors: disk_full, target_unwritable.
Result<void> append_measures(const std::filesystem::path& segment, const SegmentMeasures& measures);

// Nothing where the segment has none: an earlier version made it, or nobody asked for any. Errors:
// file_missing, file_unreadable; internal where they are not what append_measures wrote, of `frame_count`
// frames.
Result<std::optional<SegmentMeasures>> read_measures(const std::filesystem::path& segment,
                                                     std::int64_t frame_count);

}  // namespace reeld::engine
