// How long a sound is, in the units of the record and back: exact both ways, since a sample is longer than 20
// microseconds.
#pragma once

#include <cstdint>

#include "base/rational.hpp"
#include "engine/plan.hpp"

namespace reeld::engine {

// `sample_count` is at kSampleRate, as an inspection counts.
inline std::int64_t sound_microseconds(std::int64_t sample_count) {
  return scale_rounded(sample_count, 1'000'000, kSampleRate);
}

inline std::int64_t sound_samples(std::int64_t duration_us) {
  return scale_rounded(duration_us, kSampleRate, 1'000'000);
}

}  // namespace reeld::engine
