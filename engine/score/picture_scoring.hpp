// The scores of pictures: measured by a worker, recorded with the job. In a job's threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/job.hpp"
#include "engine/request.hpp"
#include "engine/score/gate.hpp"
#include "engine/score/score.hpp"

namespace reeld::engine {

// What is shown in a scene.
struct PictureFile {
  std::string file;  // relative to the data directory
  std::string path;  // of the request's field, for errors
  std::string text;  // that it was asked for by; empty: none
};

struct ScoredPicture {
  Figures figures;
  std::string hash;  // of what it shows; empty where there is none
};

struct ScoredPictures {
  std::vector<ScoredPicture> pictures;  // by formulas, in their order
  Scores learned;                       // of each, its scene being its place in the list, and of all together
};

// What was learned from pictures and judges them beside the formulas.
enum class Learned : std::uint8_t {
  none,
  each,  // what judges a picture by itself
  all,   // and how alike they are
};

struct PictureScorer {
  const JobTools& tools;
  JobProgress& progress;
  const std::string device;  // auto, or a device's name
  const std::atomic<bool>& cancelled;

  // A worker decodes each file once, for all that is asked of it. What a model of the user's did not measure
  // is a warning of the job. Errors: the worker's, with the path of the picture.
  Result<ScoredPictures> scores(const std::vector<PictureFile>& pictures, Learned learned) const;
};

// What a worker answered to score_pictures, of the pictures at these places in what it was asked. Errors:
// internal, for what is no such answer.
Result<ScoredPictures> scored_pictures(const Json& answer, const std::vector<std::size_t>& places);

// How much each picture looks like the one of the others that is most like it, 0..1: the share of equal bits
// of their hashes, half of which are equal by chance. Equal `contents` are one picture. nullopt where there
// is no other, or no hash.
std::vector<std::optional<double>> near_duplicates(const std::vector<std::string>& hashes,
                                                   const std::vector<std::string>& contents);

}  // namespace reeld::engine
