#include "kernels/taps.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/pixel/exact.hpp"
#include "kernels/pixel/host.hpp"

namespace reeld::kernels {
namespace {

// Coordinates this near to a pixel's edge are on it: a picture fitted by arithmetic in double misses the
// frame's edge by 1e-12, which must not show as a dark border; a millionth of a pixel never shows.
constexpr double kEdgeTolerance = 1e-6;
constexpr double kNoWeight = 1e-9;

// The normalised weights around `center`, those that fall beyond the source folded onto its edge pixel, zeros
// at both ends cut off (a whole-pixel shift leaves one tap, which copies).
void fill_window(double center, double stretch, int source_size, std::size_t index, AxisWindows* windows) {
  auto low = static_cast<std::int64_t>(std::ceil(center - 2 * stretch - 0.5));
  auto high = static_cast<std::int64_t>(std::floor(center + 2 * stretch - 0.5));
  std::int64_t first = std::clamp<std::int64_t>(low, 0, source_size - 1);
  std::int64_t last = std::clamp<std::int64_t>(high, 0, source_size - 1);
  double* weights = &windows->weights[index * static_cast<std::size_t>(windows->stride)];
  std::int64_t count = last - first + 1;
  std::fill(weights, weights + count, 0.0);
  double sum = 0;
  double shrink = 1 / stretch;
  for (std::int64_t tap = low; tap <= high; ++tap) {
    double weight = exact::catmull_rom((static_cast<double>(tap) + 0.5 - center) * shrink);
    weights[std::clamp(tap, first, last) - first] += weight;
    sum += weight;
  }
  std::int64_t zeros = 0;
  while (count > 1 && std::abs(weights[count - 1]) < kNoWeight * sum) {
    --count;
  }
  while (zeros + 1 < count && std::abs(weights[zeros]) < kNoWeight * sum) {
    ++zeros;
  }
  double normal = 1 / sum;
  for (std::int64_t i = zeros; i < count; ++i) {
    weights[i - zeros] = weights[i] * normal;
  }
  windows->first[index] = static_cast<int>(first + zeros);
  windows->count[index] = static_cast<int>(count - zeros);
}

float snapped_coverage(double overlap) {
  if (overlap > 1 - kEdgeTolerance) {
    return 1.0f;
  }
  return overlap < kEdgeTolerance ? 0.0f : static_cast<float>(overlap);
}

// To the nearest, of what is above -kWeightOne: std::lround is a call, and this is done for each tap of a
// frame.
int rounded_weight(double weight) {
  return static_cast<int>(weight * host::kWeightOne + (host::kWeightOne + 0.5)) - host::kWeightOne;
}

// Rounds a window to whole multiples of 1 / kWeightOne; what the rounding lost goes to the largest weight, so
// that a flat area stays flat. `rounded` has room for `count`.
void round_window(const double* weights, int count, int* rounded) {
  int lost = host::kWeightOne;
  int largest = 0;
  for (int i = 0; i < count; ++i) {
    rounded[i] = rounded_weight(weights[i]);
    lost -= rounded[i];
    largest = rounded[i] > rounded[largest] ? i : largest;
  }
  rounded[largest] += lost;
}

}  // namespace

bool make_axis_windows(const AxisMap& map, int source_size, double source_extent, int output_size,
                       AxisWindows* windows) {
  double left = -map.origin / map.scale;
  double right = (source_extent - map.origin) / map.scale;
  double limit = output_size;
  windows->begin = static_cast<int>(std::clamp(std::floor(left + kEdgeTolerance), 0.0, limit));
  windows->end = static_cast<int>(std::clamp(std::ceil(right - kEdgeTolerance), 0.0, limit));
  windows->end = std::max(windows->begin, windows->end);
  auto count = static_cast<std::size_t>(windows->end - windows->begin);
  double stretch = std::max(map.scale, 1.0);
  double longest = std::min(std::floor(4 * stretch) + 2, static_cast<double>(source_size));
  if (longest > kMaxTaps) {
    return false;
  }
  windows->stride = static_cast<int>(longest);
  windows->first.resize(count);
  windows->count.resize(count);
  windows->coverage.resize(count);
  windows->weights.resize(count * static_cast<std::size_t>(windows->stride));
  for (std::size_t i = 0; i < count; ++i) {
    double x = windows->begin + static_cast<double>(i);
    fill_window(map.origin + (x + 0.5) * map.scale, stretch, source_size, i, windows);
    windows->coverage[i] = snapped_coverage(std::min(x + 1, right) - std::max(x, left));
  }
  return true;
}

void make_axis_taps(const AxisWindows& windows, int source_size, int output_size, AxisTaps* taps) {
  taps->begin = windows.begin;
  taps->end = windows.end;
  auto count = static_cast<std::size_t>(windows.end - windows.begin);
  taps->pair_count = 1;
  for (std::size_t i = 0; i < count; ++i) {
    taps->pair_count = std::max(taps->pair_count, (windows.first[i] % 2 + windows.count[i] + 1) / 2);
  }
  constexpr int kGroup = AxisTaps::kGroup;
  auto size = static_cast<std::size_t>((output_size + kGroup - 1) / kGroup * kGroup);
  auto pairs = static_cast<std::size_t>(taps->pair_count);
  taps->first_pair.assign(size, 0);
  taps->coverage.assign(size, 0.0f);
  taps->weights.assign(size * pairs, 0);
  const int last_first = (source_size + 1) / 2 - taps->pair_count;
  int rounded[kMaxTaps];
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t x = static_cast<std::size_t>(windows.begin) + i;
    round_window(&windows.weights[i * static_cast<std::size_t>(windows.stride)], windows.count[i], rounded);
    taps->first_pair[x] = std::min(windows.first[i] / 2, last_first);
    taps->coverage[x] = windows.coverage[i];
    for (int tap = 0; tap < windows.count[i]; ++tap) {
      int place = windows.first[i] - 2 * taps->first_pair[x] + tap;
      auto half = static_cast<std::uint16_t>(static_cast<std::int16_t>(rounded[tap]));
      taps->weights[x * pairs + static_cast<std::size_t>(place / 2)] |= static_cast<WeightPair>(half)
                                                                        << (place % 2 * 16);
    }
  }
}

}  // namespace reeld::kernels
