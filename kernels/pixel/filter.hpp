// Resampling weights along one axis. Host only, once a frame, in double: devices read the finished table, so
// their sums agree.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace reeld::kernels {

// Catmull-Rom (Keys, a = -1/2): interpolates, so a picture at 1:1 and whole pixels stays itself. Support 2.
inline double catmull_rom(double t) {
  t = std::abs(t);
  if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
  if (t < 2) return ((-0.5 * t + 2.5) * t - 4) * t + 2;
  return 0;
}

// For every output pixel: which input pixels it reads, with what weights, and how much of it the picture
// covers.
struct AxisTaps {
  int tap_count = 0;            // equal for all pixels
  std::vector<int> first;       // of the taps; may lie outside of the picture: taps are clamped to its edge
  std::vector<float> weights;   // tap_count a pixel, sum 1
  std::vector<float> coverage;  // 0..1
};

// Output pixel i of `count` has its centre at `begin + (i + 0.5) * step` in input pixels; the picture reaches
// from 0 to `extent`. Where step > 1 the kernel is stretched by it, so that it averages what it must not
// alias.
inline void make_taps(double begin, double step, double extent, int count, AxisTaps& taps) {
  const double stretch = std::max(1.0, step);
  const double support = 2 * stretch;
  const auto n = static_cast<std::size_t>(count);
  taps.tap_count = static_cast<int>(std::ceil(2 * support)) + 1;
  const auto tap_count = static_cast<std::size_t>(taps.tap_count);
  taps.first.resize(n);
  taps.coverage.resize(n);
  taps.weights.resize(n * tap_count);
  std::vector<double> exact(tap_count);
  for (std::size_t i = 0; i < n; ++i) {
    const double left = begin + static_cast<double>(i) * step, centre = left + 0.5 * step;
    const double covered = (std::min(left + step, extent) - std::max(left, 0.0)) / step;
    // A picture that fills the frame ends where the frame does but for rounding, which must not show as a
    // dark line.
    taps.coverage[i] = static_cast<float>(covered > 1 - 1e-6 ? 1.0 : std::max(0.0, covered));
    taps.first[i] = static_cast<int>(std::ceil(centre - 0.5 - support));
    double sum = 0;
    for (std::size_t k = 0; k < tap_count; ++k) {
      exact[k] = catmull_rom((taps.first[i] + static_cast<int>(k) + 0.5 - centre) / stretch);
      sum += exact[k];
    }
    for (std::size_t k = 0; k < tap_count; ++k)
      taps.weights[i * tap_count + k] = static_cast<float>(exact[k] / sum);
  }
}

}  // namespace reeld::kernels
