// Sums over a row of floats. They run side by side in lanes, so that they are added by the vectors that there
// are.
#pragma once

#include <cmath>

namespace reeld::engine {

// Of term(0), ..., term(count - 1).
template <class Term>
double row_sum(int count, const Term& term) {
  constexpr int kLanes = 8;
  float lanes[kLanes] = {};
  int x = 0;
  for (; x + kLanes <= count; x += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) lanes[lane] += term(x + lane);
  }
  for (; x < count; ++x) lanes[0] += term(x);
  double sum = 0;
  for (const float lane : lanes) sum += static_cast<double>(lane);
  return sum;
}

inline double dot(const float* a, const float* b, int count) {
  return row_sum(count, [=](int x) { return a[x] * b[x]; });
}

// Of w |a - b|.
inline double difference(const float* w, const float* a, const float* b, int count) {
  return row_sum(count, [=](int x) { return w[x] * std::abs(a[x] - b[x]); });
}

}  // namespace reeld::engine
