// From a plan to a film: segments and sound made by workers, as many at a time as there are slots, then
// joined.
#pragma once

#include <atomic>
#include <filesystem>
#include <vector>

#include "engine/job.hpp"
#include "engine/job_folder.hpp"
#include "engine/plan.hpp"
#include "engine/reuse/segments.hpp"
#include "engine/score/score.hpp"

namespace reeld::engine {

struct Composition {
  const JobTools& tools;
  const storage::Job& job;
  const JobFolder& folder;
  const Plan& plan;
  const Json& choice;  // {"encoder", "device", "segment_seconds", "program", "fonts", "encoder_trials",
                       // "quality_search": engine/quality_choice.hpp, where the request has a target}
  const std::atomic<bool>& cancelled;
};

struct Rendered {
  double frames_per_second = 0;  // of what was rendered now; 0 where all was there already
};

// The film's segments, in order.
std::vector<SegmentRange> segments_of(const Composition& composition);

// Which of them are to be rendered.
std::vector<bool> missing_segments(const Composition& composition, const std::vector<SegmentRange>& segments);

// Renders the segments that are not there yet, and the sound. A worker that dies is replaced and its part
// tried once more, from the segment on that it had not finished.
Result<Rendered> render_parts(const Composition& composition, JobProgress& progress);

struct Joined {
  Json facts;  // what a probe of the film says
  Scores scores;
};

// Joins segments and sound into the unfinished film beside the target, makes the poster where no rendering
// did, and scores the film from what was measured of its segments.
Result<Joined> join_parts(const Composition& composition, JobProgress& progress);

}  // namespace reeld::engine
