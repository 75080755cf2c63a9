// Where a film is cut into segments, which are coded by themselves, and how many of them a worker renders in
// one go. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/plan.hpp"

namespace reeld::engine {

// A scene may be cut where an encoder would begin a new group of pictures anyway: there it costs nothing.
inline constexpr double kSegmentSeconds = 2;

// Frames [first, first + count).
struct SegmentRange {
  std::int64_t first = 0, count = 0;
};

// Cuts where what is shown changes: where a transition begins, where it ends, and every `seconds` in between,
// counted from there. So a change in one scene leaves the others' segments what they were, wherever they come
// to lie. What is shorter than half a second is coded together with its like beside it.
std::vector<SegmentRange> split_into_segments(const Plan& plan, double seconds);

// Segments [first, first + count), one after the other.
struct SegmentRun {
  std::size_t first = 0, count = 0;
};

// Those that are missing, in parts of about `seconds`, or less so that all slots have work: what a worker
// loads serves a whole run.
std::vector<SegmentRun> runs_of(const std::vector<SegmentRange>& segments, const std::vector<bool>& missing,
                                Rational fps, double seconds, int slots);

}  // namespace reeld::engine
