// Scores by what was learned from pictures: natural-scene statistics, and networks that a user gives, of each
// scene's picture, of how well it shows its text, of how alike the scenes are. docs/metrics/learned.md. Runs
// in workers.
#pragma once

#include <string>
#include <vector>

#include "engine/learned/manifest.hpp"
#include "engine/picture.hpp"
#include "engine/score/score.hpp"

namespace reeld::engine {

struct ShownPicture {
  std::size_t picture = 0;  // of those that were looked at, from 0
  std::string text;         // what it was to show; empty: it is not known
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

// Looks at pictures, one after the other, and judges scenes by what it saw. What fails is told in `absent`
// and costs nothing else its scores.
class LearnedJudges {
 public:
  // `manifests` stay as they are as long as this is. threads: at least 1.
  LearnedJudges(const std::vector<Manifest>& manifests, int threads);
  ~LearnedJudges();

  // 8 bits a channel. `path`: of the request's field.
  void look(const Picture& picture, const std::string& path);

  // A scene an element.
  LearnedScores scores(const std::vector<ShownPicture>& scenes) const;

 private:
  struct Statistics;
  struct Network;

  const int threads_;
  std::vector<Statistics> statistics_;
  std::vector<Network> networks_;
  std::vector<AbsentScore> absent_;
};

}  // namespace reeld::engine
