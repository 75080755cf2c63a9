#include "kernels/pixel/filter.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace reeld::kernels {
namespace {

// Coordinates this near to a pixel's edge are on it: a picture fitted by arithmetic in double misses the
// frame's edge by 1e-12, which must not show as a dark border; a millionth of a pixel never shows.
constexpr double kEdgeTolerance = 1e-6;

struct Window {
  std::int64_t first = 0;
  std::vector<double> weights;
};

// The normalised weights around `center`, those that fall beyond the source folded onto its edge pixel, zeros
// at both ends cut off (a whole-pixel shift leaves one tap, which copies).
void fill_window(double center, double stretch, int source_size, Window* window) {
  std::int64_t low = static_cast<std::int64_t>(std::ceil(center - 2 * stretch - 0.5));
  std::int64_t high = static_cast<std::int64_t>(std::floor(center + 2 * stretch - 0.5));
  std::int64_t first = std::clamp<std::int64_t>(low, 0, source_size - 1);
  std::int64_t last = std::clamp<std::int64_t>(high, 0, source_size - 1);
  window->weights.assign(static_cast<std::size_t>(last - first + 1), 0.0);
  double sum = 0;
  for (std::int64_t index = low; index <= high; ++index) {
    double weight = catmull_rom((static_cast<double>(index) + 0.5 - center) / stretch);
    std::int64_t inside = std::clamp(index, first, last);
    window->weights[static_cast<std::size_t>(inside - first)] += weight;
    sum += weight;
  }
  for (double& weight : window->weights) {
    weight /= sum;
    if (std::abs(weight) < 1e-9) {
      weight = 0;
    }
  }
  while (window->weights.size() > 1 && window->weights.back() == 0) {
    window->weights.pop_back();
  }
  std::size_t zeros = 0;
  while (zeros + 1 < window->weights.size() && window->weights[zeros] == 0) {
    ++zeros;
  }
  window->weights.erase(window->weights.begin(),
                        window->weights.begin() + static_cast<std::ptrdiff_t>(zeros));
  window->first = first + static_cast<std::int64_t>(zeros);
}

// Rounds a window into `target`; what the rounding lost goes to the largest weight, so that a flat area stays
// flat.
void round_weights(const Window& window, int offset, float* target, int tap_count) {
  std::fill(target, target + tap_count, 0.0f);
  double lost = 1;
  int largest = offset;
  for (std::size_t i = 0; i < window.weights.size(); ++i) {
    int slot = offset + static_cast<int>(i);
    target[slot] = static_cast<float>(window.weights[i]);
    lost -= static_cast<double>(target[slot]);
    largest = target[slot] > target[largest] ? slot : largest;
  }
  target[largest] += static_cast<float>(lost);
}

float snapped_coverage(double overlap) {
  if (overlap > 1 - kEdgeTolerance) {
    return 1.0f;
  }
  return overlap < kEdgeTolerance ? 0.0f : static_cast<float>(overlap);
}

}  // namespace

double catmull_rom(double x) {
  double a = std::abs(x);
  if (a < 1) {
    return (1.5 * a - 2.5) * a * a + 1;
  }
  return a < 2 ? ((-0.5 * a + 2.5) * a - 4) * a + 2 : 0;
}

bool make_axis_taps(const AxisMap& map, int source_size, double source_extent, int output_size,
                    AxisTaps* taps) {
  double left = -map.origin / map.scale;
  double right = (source_extent - map.origin) / map.scale;
  double limit = output_size;
  taps->begin = static_cast<int>(std::clamp(std::floor(left + kEdgeTolerance), 0.0, limit));
  taps->end = static_cast<int>(std::clamp(std::ceil(right - kEdgeTolerance), 0.0, limit));
  taps->end = std::max(taps->begin, taps->end);
  std::size_t count = static_cast<std::size_t>(taps->end - taps->begin);
  double stretch = std::max(map.scale, 1.0);
  if (std::min(4 * stretch + 1, static_cast<double>(source_size)) > kMaxTaps) {
    return false;
  }
  thread_local std::vector<Window> windows;
  windows.resize(std::max(windows.size(), count));
  taps->tap_count = 1;
  for (std::size_t i = 0; i < count; ++i) {
    double center = map.origin + (taps->begin + static_cast<double>(i) + 0.5) * map.scale;
    fill_window(center, stretch, source_size, &windows[i]);
    taps->tap_count = std::max(taps->tap_count, static_cast<int>(windows[i].weights.size()));
  }
  taps->first.resize(count);
  taps->coverage.resize(count);
  taps->weights.resize(count * static_cast<std::size_t>(taps->tap_count));
  for (std::size_t i = 0; i < count; ++i) {
    int first = static_cast<int>(std::min<std::int64_t>(windows[i].first, source_size - taps->tap_count));
    int offset = static_cast<int>(windows[i].first) - first;
    taps->first[i] = first;
    round_weights(windows[i], offset, &taps->weights[i * static_cast<std::size_t>(taps->tap_count)],
                  taps->tap_count);
    double x = taps->begin + static_cast<double>(i);
    taps->coverage[i] = snapped_coverage(std::min(x + 1, right) - std::max(x, left));
  }
  return true;
}

}  // namespace reeld::kernels
