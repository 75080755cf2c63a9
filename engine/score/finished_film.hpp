// What is known of a film's quality once it is joined: its sound's scores, and how true the file is to its
// frames. Called by the story of a job (engine/job.cpp), before the film gets its name, so that a daemon that
// is killed meanwhile does it again.
#pragma once

#include "engine/compose.hpp"

namespace reeld::engine {

// Records the sound's scores, has a worker measure the fidelity where the request asks for it, and records
// that. A film is no worse for want of scores: what fails is a warning. Errors: cancelled, the database's.
Result<void> score_finished_film(const Composition& composition, JobProgress& progress);

}  // namespace reeld::engine
