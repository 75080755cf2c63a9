// Scores by what was learned from pictures: natural-scene statistics, and networks that a user gives, of each
// scene's picture, of how well it shows its text, of how alike the scenes are. docs/metrics/learned.md. Runs
// in workers.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/learned/manifest.hpp"
#include "engine/score/score.hpp"

namespace reeld::engine {

struct ScoredScene {
  std::filesystem::path picture;
  std::string text;  // what the picture was to show; empty: it is not known
};

// What could not be measured.
struct AbsentScore {
  std::string model;
  Error why;  // the message names the metric, too; the path is of the picture, where it is one's fault
};

struct LearnedScores {
  Scores scores;  // by scene, and the film's: the scenes' mean
  std::vector<AbsentScore> absent;
};

// What fails is told in `absent` and costs nothing else its scores. `progress` is told how many
// pictures are done. threads: at least 1. Errors: a picture that cannot be read, with
// the path "/scenes/N/picture".
Result<LearnedScores> learned_scores(const std::vector<Manifest>& manifests,
                                     const std::vector<ScoredScene>& scenes, int threads,
                                     const std::function<void(double done, double total)>& progress);

}  // namespace reeld::engine
