// How loud the music is when: pure functions of the plan, in samples at kSampleRate. Used by the mix.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/plan.hpp"

namespace reeld::engine::sound {

inline constexpr std::int64_t kDuckAttack = kSampleRate / 4;        // 0.25 s, before speech begins
inline constexpr std::int64_t kDuckRelease = kSampleRate * 6 / 10;  // 0.6 s, after it ends
// Speech closer than this counts as one: in a shorter pause the music would rise only to sink again (pump).
inline constexpr std::int64_t kDuckMerge = kSampleRate * 7 / 10;
// 10 ms: long enough that an abrupt end is no click, short enough to pass for an abrupt end.
inline constexpr std::int64_t kDeclick = kSampleRate / 100;

// Half a period of a cosine, 0 at `at` <= 0 and 1 at `at` >= `length`. No corners, so it is not heard as
// such.
double raised_cosine(std::int64_t at, std::int64_t length);

// The music's ducking, from the plan's speech alone, so that it is the same wherever it is computed.
class DuckEnvelope {
 public:
  explicit DuckEnvelope(const std::vector<PlanSpeech>& speech);

  // 0: the music as it is; 1: wholly ducked. To be asked with positions that do not fall.
  double amount(std::int64_t position);

 private:
  struct Interval {
    std::int64_t begin, end;
  };
  static double amount_of(const Interval& interval, std::int64_t position);

  std::vector<Interval> intervals_;  // by begin, apart from each other by kDuckMerge or more
  std::size_t next_ = 0;             // the first whose release is not over
};

}  // namespace reeld::engine::sound
