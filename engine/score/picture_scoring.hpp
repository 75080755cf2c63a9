// The scores of pictures: measured by a worker, recorded with the job. In a job's threads.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "engine/job.hpp"
#include "engine/plan.hpp"
#include "engine/score/gate.hpp"
#include "storage/metrics.hpp"

namespace reeld::engine {

struct PictureFile {
  std::string file;  // relative to the data directory
  std::string path;  // of the request's field, for errors
  std::string text;  // that it was asked for by; empty: none
};

struct ScoredPicture {
  Figures figures;
  std::string hash;  // of what it shows; empty where there is none
};

struct PictureScorer {
  const JobTools& tools;
  JobProgress& progress;
  const std::string device;  // auto, or a device's name
  const std::atomic<bool>& cancelled;
  const bool learned = false;  // what was learned judges them, too: some of a request's conditions want it

  // In their order. Errors: the worker's, with the path of the picture.
  Result<std::vector<ScoredPicture>> scores(const std::vector<PictureFile>& pictures) const;

 private:
  Result<void> add_learned(const std::vector<PictureFile>& pictures,
                           std::vector<ScoredPicture>& scores) const;
};

// What a plan shows: each picture that has no try yet is scored and recorded as one, and all that are shown
// have their figures among the job's scores, near_duplicate with them.
Result<void> score_shown_pictures(const PictureScorer& scorer, const storage::Job& job, const Plan& plan);

// How much each picture looks like the one of the others that is most like it, 0..1: the share of equal bits
// of their hashes, half of which are equal by chance. Equal `contents` are one picture. nullopt where there
// is no other, or no hash.
std::vector<std::optional<double>> near_duplicates(const std::vector<std::string>& hashes,
                                                   const std::vector<std::string>& contents);

}  // namespace reeld::engine
