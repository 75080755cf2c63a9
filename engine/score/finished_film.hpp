// What is known of a film's quality once it is joined: its frames' scores and its sound's, and how true the
// file is to its frames. Called by the story of a job (engine/job.cpp), before the film gets its name, so
// that a daemon that is killed meanwhile does it again.
#pragma once

#include "engine/compose.hpp"

namespace reeld::engine {

// Records the scores of the frames and of the sound, has a worker measure the fidelity where that is asked
// for, and records it. A film is no worse for want of scores: what fails is a warning. Errors: cancelled, the
// database's.
Result<void> score_finished_film(const Composition& composition, const QualitySpec& quality,
                                 const Scores& frames, JobProgress& progress);

}  // namespace reeld::engine
