// From what was measured of a film's segments to its scores, of the whole and of each scene, and to figures
// over time. docs/metrics/films.md defines them. Runs in the worker that joins the film.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "engine/score/score.hpp"
#include "engine/score/segment_measures.hpp"

namespace reeld::engine {

class FilmScorer {
 public:
  explicit FilmScorer(const Plan& plan) : plan_(plan), pair_meter_(plan.output) {}

  // The next segment, of `frame_count` frames; nothing where it was not measured.
  void add(std::int64_t frame_count, const std::optional<SegmentMeasures>& measures);

  // Of all that were added. A score that nothing was measured for is not there.
  Scores finish() const;

 private:
  // Nothing where it was not measured. `pair` is of the frame and the one before it.
  struct Row {
    std::optional<LumaFacts> facts;
    std::optional<PairMeasures> pair;
  };

  Series series(const char* name, const std::function<std::optional<double>(const Row&)>& figure) const;

  const Plan& plan_;
  PairMeter pair_meter_;
  std::vector<Row> rows_;  // one a frame
  std::optional<EdgeFrame> last_;
};

// Of the segments' files, in the film's order. A segment whose measures cannot be read counts as one without.
Scores score_film(const Plan& plan, const std::vector<std::filesystem::path>& segments,
                  const std::vector<std::int64_t>& frame_counts);

}  // namespace reeld::engine
