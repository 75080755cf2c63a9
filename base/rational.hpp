// Exact fractions for frame rates and times, so that an hour of frames does not drift.
#pragma once

#include <cstdint>
#include <numeric>

namespace reeld {

// num / den with den > 0. Frame rates: at most 120; both parts at most 2^31.
struct Rational {
  std::int64_t num = 0;
  std::int64_t den = 1;
  bool operator==(const Rational&) const = default;
};

inline Rational reduced(Rational r) {
  const std::int64_t g = std::gcd(r.num, r.den);
  return g == 0 ? r : Rational{r.num / g, r.den / g};
}

// value * num / den to the nearest integer, halves away from zero; the product is formed in 128 bits.
inline std::int64_t scale_rounded(std::int64_t value, std::int64_t num, std::int64_t den) {
  __extension__ using Wide = __int128;
  const Wide product = static_cast<Wide>(value) * num;
  const Wide half = den / 2;
  return static_cast<std::int64_t>(product >= 0 ? (product + half) / den : (product - half) / den);
}

}  // namespace reeld
