// How long to wait before the next try: exponential, with full jitter (a uniform draw from 0 to the ceiling,
// so that clients that failed together do not come back together).
#pragma once

#include <chrono>
#include <optional>

namespace reeld::providers {

inline constexpr std::chrono::milliseconds kMaxBackoff{60000};
// A service that says to come back later than this is taken as unavailable.
inline constexpr std::chrono::milliseconds kMaxRetryAfter{120000};

// chance * min(60 s, first * 2^failures), for `failures` tries that failed before the last; never before
// `retry_after`.
std::chrono::milliseconds backoff(std::chrono::milliseconds first, int failures, double chance,
                                  std::optional<std::chrono::milliseconds> retry_after);

}  // namespace reeld::providers
