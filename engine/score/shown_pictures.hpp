// The scores of what a plan shows. A rendering decodes the pictures anyway, and scores them on the way
// (engine/score/loaded_pictures.hpp); the task score_pictures scores those that no rendering did. In the
// daemon.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <future>
#include <set>

#include "engine/compose.hpp"
#include "engine/request.hpp"
#include "engine/score/picture_scoring.hpp"

namespace reeld::engine {

// Not where the user gives networks: they need all pictures in one worker, and the task scores them there.
bool renderings_score(const JobTools& tools);

// The plan's pictures, by their place in it, that renderings are to score and have not yet.
std::set<std::size_t> unscored_pictures(const Composition& composition);

// Beside the making of a film, one a job.
class ShownPictures {
 public:
  // Begins at once with what no rendering will decode.
  ShownPictures(const Composition& composition, const Request& request, JobProgress& progress);
  // Gives up what is not scored yet.
  ~ShownPictures();
  ShownPictures(const ShownPictures&) = delete;
  ShownPictures& operator=(const ShownPictures&) = delete;

  // The frames are there: what their rendering did not score the task scores now. Again, it changes nothing.
  void go_on();

  // Until all scores are in the record: near_duplicate with them, and a try of each picture that has none
  // yet. After go_on. Errors: the worker's, with the path of the picture, and the database's.
  Result<void> wait() { return scoring_.get(); }

 private:
  enum class Frames : std::uint8_t { awaited, rendered, given_up };
  void set(Frames frames);
  Result<void> score();
  Result<ScoredPictures> by_rendering();

  const Composition& composition_;
  const Request& request_;
  const PictureScorer scorer_;
  const std::set<std::size_t> rendered_;  // what segments that are not there yet show
  std::atomic<Frames> frames_ = Frames::awaited;
  std::future<Result<void>> scoring_;  // the last, which uses all others
};

}  // namespace reeld::engine
