#include "engine/sound_envelope.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace reeld::engine::sound {

double raised_cosine(std::int64_t at, std::int64_t length) {
  if (at >= length) {
    return 1;
  }
  if (at <= 0) {
    return 0;
  }
  return 0.5 - 0.5 * std::cos(std::numbers::pi * static_cast<double>(at) / static_cast<double>(length));
}

DuckEnvelope::DuckEnvelope(const std::vector<PlanSpeech>& speech) {
  for (const PlanSpeech& one : speech) {
    intervals_.push_back({one.start, one.start + one.length});
  }
  std::sort(intervals_.begin(), intervals_.end(),
            [](const Interval& a, const Interval& b) { return a.begin < b.begin; });
  std::vector<Interval> merged;
  for (const Interval& interval : intervals_) {
    if (!merged.empty() && interval.begin - merged.back().end < kDuckMerge) {
      merged.back().end = std::max(merged.back().end, interval.end);
    } else {
      merged.push_back(interval);
    }
  }
  intervals_ = std::move(merged);
}

double DuckEnvelope::amount(std::int64_t position) {
  while (next_ < intervals_.size() && position >= intervals_[next_].end + kDuckRelease) {
    ++next_;
  }
  // A pause may be shorter than release and attack together: then two intervals reach here, and the deeper
  // wins.
  double amount = 0;
  for (std::size_t i = next_; i < std::min(next_ + 2, intervals_.size()); ++i) {
    amount = std::max(amount, amount_of(intervals_[i], position));
  }
  return amount;
}

double DuckEnvelope::amount_of(const Interval& interval, std::int64_t position) {
  return position < interval.end ? raised_cosine(position - (interval.begin - kDuckAttack), kDuckAttack)
                                 : raised_cosine(interval.end + kDuckRelease - position, kDuckRelease);
}

}  // namespace reeld::engine::sound
