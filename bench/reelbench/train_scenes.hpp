// Trains the statistics of natural scenes that come with reeld (engine/learned/scenes.yml) from photographs.
#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "bench/reelbench/report.hpp"

namespace reeld::bench {

struct SceneTraining {
  std::filesystem::path photographs;  // every .jpg of this folder
  std::filesystem::path out;
  int held_out = 4;  // of them, that are not trained with: the last by name; they tell what was learned
};

// BRISQUE learns to tell how far each photograph was made worse, in six steps from 0 to 100, by blur, noise,
// JPEG and bands (degradations.hpp). The report has Spearman's rank correlation of score and step, per ladder
// and held-out photograph. Errors: invalid_request for a
// folder with too few photographs; those of reading and writing.
Result<Json> train_scenes(const SceneTraining& training);

std::string training_table(const Json& report);

}  // namespace reeld::bench
