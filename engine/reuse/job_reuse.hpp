// What a job takes from films before it, and leaves to those to come. Called by the story of a job
// (engine/job.cpp).
#pragma once

#include "engine/compose.hpp"

namespace reeld::engine {

// Once the plan is made: puts the segments, and the sound track, that are kept already into the job's folder,
// in place of whatever was there, and records how much that is.
Result<void> take_kept_parts(const Composition& composition);

// Once all is rendered: keeps it for others. What cannot be kept is no error of the job's.
void keep_parts(const Composition& composition);

// Where the parts cannot be joined: leaves none of them, and records that none was reused. False where none
// was, so that rendering them again would change nothing.
Result<bool> give_up_kept_parts(const Composition& composition);

}  // namespace reeld::engine
