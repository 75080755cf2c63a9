// A film's scores into the database. Called by the story of a job (engine/job.cpp).
#pragma once

#include "engine/job.hpp"
#include "engine/score/score.hpp"

namespace reeld::engine {

// A score of the same job, scene, name and model is replaced. What cannot be recorded is told in the log, and
// is no error of the film's.
void record_scores(const JobTools& tools, const storage::Job& job, const Scores& scores);

}  // namespace reeld::engine
