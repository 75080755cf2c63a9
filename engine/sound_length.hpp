// How long a sound is, in the units of the record.
#pragma once

#include <cstdint>

#include "base/rational.hpp"
#include "engine/plan.hpp"

namespace reeld::engine {

// `sample_count` is at kSampleRate, as an inspection counts.
inline std::int64_t sound_microseconds(std::int64_t sample_count) {
  return scale_rounded(sample_count, 1'000'000, kSampleRate);
}

}  // namespace reeld::engine
