// The pictures of scenes that must reach a bar: scored as soon as they are there, made again with other seeds
// where they do not reach it, and the best of each scene kept. In a job's threads.
#pragma once

#include <vector>

#include "engine/fetch.hpp"
#include "engine/score/picture_scoring.hpp"

namespace reeld::engine {

// Whether any picture of the request must reach anything.
bool gates_pictures(const Request& request);

struct PictureGate {
  const PictureScorer& scorer;
  const Fetcher& fetcher;
  const storage::Job& job;
};

// One asset a scene, as fetch_pictures gives them. Every try is recorded before the next is asked for, so
// that a restart goes on with those that are left. Errors: those of fetch_pictures and of the worker;
// quality_not_reached where the request says that this fails the job.
Result<std::vector<storage::Asset>> fetch_good_pictures(const PictureGate& gate, const Request& request,
                                                        const FetchProgress& progress);

}  // namespace reeld::engine
