#include "engine/score/film_scores.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.hpp"
#include "kernels/reduced.hpp"

namespace reeld::engine {
namespace {

// Thresholds, as docs/metrics/films.md tells them. Levels are 0 to 255.
constexpr double kBlackShare = 0.98;       // of a black frame's blocks
constexpr double kLeastMotionSeen = 0.05;  // levels: a motion that changes less cannot be missed
constexpr double kFrozenShare = 0.25;      // of the change that the plan's motion makes
constexpr double kCutCorrelation = 0.5, kCutDifference = 8;
constexpr double kSameCorrelation = 0.9, kSameDifference = 8;

constexpr std::size_t kMostValues = 1200;  // of a series

bool is_black(const LumaFacts& facts) {
  return facts.dark_share >= kBlackShare;
}
bool is_frozen(const PairMeasures& pair) {
  return pair.compared && pair.expected >= kLeastMotionSeen && pair.seen < kFrozenShare * pair.expected;
}
bool is_unplanned_cut(const PairMeasures& pair) {
  return pair.compared && pair.correlation < kCutCorrelation && pair.seen > kCutDifference;
}
bool is_missed_cut(const PlannedPair& plan, const PairMeasures& pair) {
  return plan.kind == PairKind::cut && !plan.same_picture && pair.correlation > kSameCorrelation &&
         pair.difference < kSameDifference;
}

class Mean {
 public:
  void add(double value) {
    sum_ += value;
    ++count_;
  }
  std::int64_t count() const { return count_; }
  double value() const { return sum_ / static_cast<double>(count_); }

 private:
  double sum_ = 0;
  std::int64_t count_ = 0;
};

// What scores are made of, of a scene or of the whole film.
struct Tally {
  Mean spread;                                      // of a frame's luma, levels
  Mean flicker, difference;                         // levels
  Mean error_squared;                               // pixels^2
  Mean planned_jolt_squared, tracked_jolt_squared;  // of a motion less the one before it
  std::int64_t black = 0, frozen = 0, unplanned_cuts = 0, missed_cuts = 0;
};

double smoothness(const Mean& jolt_squared) {
  return 1 / (1 + std::sqrt(jolt_squared.value()));
}

void add_scores(const Tally& tally, std::optional<int> scene, std::vector<Score>& scores) {
  const auto add = [&](const char* name, double value) { scores.push_back({scene, name, value}); };
  const auto count = [&](const char* name, std::int64_t value) { add(name, static_cast<double>(value)); };
  if (tally.spread.count() > 0) {
    add("dynamic_range", tally.spread.value() / 255);
    count("black_frames", tally.black);
  }
  if (tally.flicker.count() > 0) {
    add("temporal_consistency", 1 - tally.flicker.value() / 255);
    add("flicker", tally.flicker.value());
    add("frame_difference", tally.difference.value());
    count("frozen_frames", tally.frozen);
    count("unplanned_cuts", tally.unplanned_cuts);
  }
  if (tally.error_squared.count() > 0) add("motion_error", std::sqrt(tally.error_squared.value()));
  if (tally.planned_jolt_squared.count() > 0) {
    add("motion_smoothness_planned", smoothness(tally.planned_jolt_squared));
  }
  if (tally.tracked_jolt_squared.count() > 0) {
    add("motion_smoothness_tracked", smoothness(tally.tracked_jolt_squared));
  }
  count("measured_frames", tally.flicker.count());
}

// Adds a film's frames, one after the other, to the film and to their scenes.
class Tallies {
 public:
  explicit Tallies(const Plan& plan) : plan_(plan), scenes_(plan.scenes.size()) {}

  void add(std::int64_t frame, const std::optional<LumaFacts>& facts,
           const std::optional<PairMeasures>& measured) {
    const VisibleScenes visible = visible_scenes(plan_, frame);
    const PlannedPair pair = frame > 0 ? planned_pair(plan_, frame) : PlannedPair{};
    for (Tally* tally : {&film_, &scenes_[static_cast<std::size_t>(visible.first)]}) {
      if (facts && visible.count == 1) {
        tally->spread.add(facts->high - facts->low);
        tally->black += is_black(*facts);
      }
      if (measured) add_pair(*measured, pair, *tally);
    }
    add_motion(pair, measured);
  }

  std::vector<Score> scores() const {
    std::vector<Score> scores;
    add_scores(film_, std::nullopt, scores);
    if (film_.flicker.count() > 0) {
      scores.push_back({std::nullopt, "missed_cuts", static_cast<double>(film_.missed_cuts)});
    }
    for (std::size_t i = 0; i < scenes_.size(); ++i) add_scores(scenes_[i], static_cast<int>(i), scores);
    return scores;
  }

 private:
  void add_pair(const PairMeasures& measured, const PlannedPair& pair, Tally& tally) const {
    tally.missed_cuts += is_missed_cut(pair, measured);
    if (!measured.compared) return;
    tally.flicker.add(measured.flicker);
    tally.difference.add(measured.difference);
    tally.frozen += is_frozen(measured);
    tally.unplanned_cuts += is_unplanned_cut(measured);
    if (!measured.tracked) return;
    const double error = rms_pixels(measured.error, plan_.output);
    tally.error_squared.add(error * error);
  }

  // A motion's smoothness is that from pair to pair within a scene.
  void add_motion(const PlannedPair& pair, const std::optional<PairMeasures>& measured) {
    if (pair.kind != PairKind::steady) {
      planned_before_.reset();
      tracked_before_.reset();
      return;
    }
    const FrameMotion planned = planned_motion(pair, plan_.output);
    std::optional<FrameMotion> tracked;
    if (measured && measured->tracked) {
      const FrameMotion& error = measured->error;
      tracked = FrameMotion{planned.x + error.x, planned.y + error.y, planned.growth + error.growth};
    }
    for (Tally* tally : {&film_, &scenes_[static_cast<std::size_t>(pair.scene)]}) {
      add_jolt(planned_before_, planned, tally->planned_jolt_squared);
      if (tracked) add_jolt(tracked_before_, *tracked, tally->tracked_jolt_squared);
    }
    planned_before_ = planned;
    tracked_before_ = tracked;
  }

  void add_jolt(const std::optional<FrameMotion>& before, const FrameMotion& now, Mean& squared) const {
    if (!before) return;
    const double jolt = rms_pixels(now - *before, plan_.output);
    squared.add(jolt * jolt);
  }

  const Plan& plan_;
  Tally film_;
  std::vector<Tally> scenes_;
  std::optional<FrameMotion> planned_before_, tracked_before_;  // of the pair before, in the same scene
};

MeasuredFrame measured_frame(const EdgeFrame& frame, const OutputSpec& output) {
  return {smoothed(frame.reduced, output.width, output.height), frame.texts};
}

bool is_whole(const EdgeFrame& frame, const OutputSpec& output) {
  return frame.reduced.size() == static_cast<std::size_t>(kernels::reduced_size(output.width)) *
                                     static_cast<std::size_t>(kernels::reduced_size(output.height));
}

}  // namespace

void FilmScorer::add(std::int64_t frame_count, const std::optional<SegmentMeasures>& measures) {
  const auto first = static_cast<std::int64_t>(rows_.size());
  rows_.resize(rows_.size() + static_cast<std::size_t>(frame_count));
  const auto last = std::exchange(last_, std::nullopt);
  if (!measures) return;
  REELD_CHECK(std::ssize(measures->frames) == frame_count && std::ssize(measures->pairs) == frame_count - 1);
  Row* row = rows_.data() + first;
  for (std::size_t i = 0; i < measures->frames.size(); ++i) row[i].facts = measures->frames[i];
  for (std::size_t i = 0; i < measures->pairs.size(); ++i) row[i + 1].pair = measures->pairs[i];
  if (last && is_whole(*last, plan_.output) && is_whole(measures->first, plan_.output)) {
    row->pair =
        pair_meter_.measure(measured_frame(*last, plan_.output),
                            measured_frame(measures->first, plan_.output), planned_pair(plan_, first));
  }
  last_ = measures->last;
}

Scores FilmScorer::finish() const {
  Tallies tallies(plan_);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    tallies.add(static_cast<std::int64_t>(i), rows_[i].facts, rows_[i].pair);
  }
  Scores scores{tallies.scores(), {}};
  const auto motion_error = [this](const Row& row) -> std::optional<double> {
    if (!row.pair || !row.pair->tracked) return std::nullopt;
    return rms_pixels(row.pair->error, plan_.output);
  };
  using Figure = std::optional<double>;
  scores.series = {
      series("luma", [](const Row& row) { return row.facts ? Figure(row.facts->mean) : Figure(); }),
      series("frame_difference",
             [](const Row& row) { return row.pair ? Figure(row.pair->difference) : Figure(); }),
      series("flicker",
             [](const Row& row) {
               return row.pair && row.pair->compared ? Figure(row.pair->flicker) : Figure();
             }),
      series("motion_error", motion_error),
      series("measured", [](const Row& row) { return Figure(row.pair && row.pair->compared ? 1 : 0); })};
  return scores;
}

// Each value is the mean of those frames that have one; 0 where none has.
Series FilmScorer::series(const char* name,
                          const std::function<std::optional<double>(const Row&)>& figure) const {
  const std::size_t each = std::max<std::size_t>(1, (rows_.size() + kMostValues - 1) / kMostValues);
  Series series{name, 0, static_cast<std::int64_t>(each), {}};
  for (std::size_t i = 0; i < rows_.size(); i += each) {
    Mean mean;
    for (std::size_t j = i; j < std::min(i + each, rows_.size()); ++j) {
      if (const auto value = figure(rows_[j])) mean.add(*value);
    }
    series.values.push_back(mean.count() > 0 ? mean.value() : 0);
  }
  return series;
}

Scores score_film(const Plan& plan, const std::vector<std::filesystem::path>& segments,
                  const std::vector<std::int64_t>& frame_counts) {
  FilmScorer scorer(plan);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto measures = read_measures(segments[i], frame_counts[i]);
    if (!measures) spdlog::warn("{}", measures.error().message);
    scorer.add(frame_counts[i], measures ? *measures : std::nullopt);
  }
  return scorer.finish();
}

}  // namespace reeld::engine
