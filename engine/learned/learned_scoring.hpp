// What was learned from pictures says of a job's: measured by a worker, recorded with the job. In a job's
// threads.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "engine/job.hpp"
#include "engine/plan.hpp"
#include "engine/score/score.hpp"

namespace reeld::engine {

struct ShownPicture {
  std::string file;  // relative to the data directory
  std::string text;  // that it was asked for by; empty: none
};

struct LearnedScorer {
  const JobTools& tools;
  JobProgress& progress;
  const std::atomic<bool>& cancelled;

  // Of each picture and of all of them. What a model of the user's did not measure is a warning of the job.
  // Errors: the worker's.
  Result<Scores> scores(const std::vector<ShownPicture>& pictures) const;
};

// Of what a plan shows, into the job's scores.
Result<void> score_learned(const LearnedScorer& scorer, const std::string& job_id, const Request& request,
                           const Plan& plan);

}  // namespace reeld::engine
