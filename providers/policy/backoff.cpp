#include "providers/policy/backoff.hpp"

#include <algorithm>
#include <cmath>

namespace reeld::providers {

std::chrono::milliseconds backoff(std::chrono::milliseconds first, int failures, double chance,
                                  std::optional<std::chrono::milliseconds> retry_after) {
  const double ceiling = std::min(static_cast<double>(kMaxBackoff.count()),
                                  std::ldexp(static_cast<double>(first.count()), failures));
  const std::chrono::milliseconds drawn(std::llround(chance * ceiling));
  return std::max(drawn, retry_after.value_or(std::chrono::milliseconds(0)));
}

}  // namespace reeld::providers
