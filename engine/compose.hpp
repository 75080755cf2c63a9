// From a plan to a film: segments and sound made by workers, as many at a time as there are slots, then
// joined.
#pragma once

#include <atomic>
#include <filesystem>

#include "engine/job.hpp"
#include "engine/job_folder.hpp"
#include "engine/plan.hpp"

namespace reeld::engine {

struct Composition {
  const JobTools& tools;
  const storage::Job& job;
  const JobFolder& folder;
  const Plan& plan;
  const Json& choice;  // {"encoder", "device", "segment_seconds"}
  const std::atomic<bool>& cancelled;
};

struct Rendered {
  double frames_per_second = 0;  // of what was rendered now; 0 where all was there already
};

// Frames [first, first + count), coded by itself.
struct SegmentRange {
  std::int64_t first = 0, count = 0;
};

// How long segments are: `wanted`, or less, so that a film of some length keeps all slots at work; settled
// once a job, for segments that are finished must stay what they are. Pure.
double segment_length(const Plan& plan, double wanted, int slots);

// Equal parts of about `seconds`. Pure.
std::vector<SegmentRange> split_into_segments(const Plan& plan, double seconds);

// Renders the segments that are not there yet, and the sound. A worker that dies is replaced and its part
// tried once more.
Result<Rendered> render_parts(const Composition& composition, JobProgress& progress);

// Joins segments and sound into the unfinished film beside the target, makes the poster, and gives what a
// probe of the film says.
Result<Json> join_parts(const Composition& composition, const std::filesystem::path& poster,
                        JobProgress& progress);

}  // namespace reeld::engine
