#include "engine/score/plane_shift.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/reduced.hpp"

namespace reeld::engine {

BlockWindow intersection(const BlockWindow& a, const BlockWindow& b) {
  return {std::max(a.x0, b.x0), std::min(a.x1, b.x1), std::max(a.y0, b.y0), std::min(a.y1, b.y1)};
}

// Keys' interpolation of the fourth order (1981), at a distance of `s` blocks. With Catmull-Rom, of the
// third, a shift by a small part of a block comes out a tenth too short where detail is fine, and that would
// be taken for an error of the motion.
double PlaneShift::weight(double s) {
  s = std::abs(s);
  if (s < 1) return (4.0 / 3 * s - 7.0 / 3) * s * s + 1;
  if (s < 2) return ((-7.0 / 12 * s + 3) * s - 59.0 / 12) * s + 2.5;
  return s < 3 ? ((1.0 / 12 * s - 2.0 / 3) * s + 1.75) * s - 1.5 : 0;
}

// The plane's outermost blocks are smoothed with themselves in place of what lies beyond: they are no taps.
void PlaneShift::make_taps(const kernels::AxisMap& map, int blocks, Taps* taps) {
  constexpr double kBlock = kernels::kReducedBlock;
  const auto count = static_cast<std::size_t>(blocks);
  taps->first.resize(count);
  for (auto& weights : taps->weights) weights.resize(count);
  taps->begin = blocks;
  taps->end = 0;
  for (int i = 0; i < blocks; ++i) {
    const double at = (map.origin + (i + 0.5) * kBlock * map.scale) / kBlock - 0.5;
    // Compared before it is made whole: a map may lead anywhere.
    if (!(at >= kTaps / 2 && at < blocks - kTaps / 2 - 1)) continue;
    taps->begin = std::min(taps->begin, i);
    taps->end = i + 1;
    const auto index = static_cast<std::size_t>(i);
    taps->first[index] = static_cast<int>(std::floor(at)) - kTaps / 2 + 1;
    for (int tap = 0; tap < kTaps; ++tap) {
      taps->weights[tap][index] = static_cast<float>(weight(at - taps->first[index] - tap));
    }
  }
}

BlockWindow PlaneShift::shift(const LumaPlane& plane, const kernels::AxisMap& across,
                              const kernels::AxisMap& down, LumaPlane* target) {
  make_taps(across, plane.width, &columns_);
  make_taps(down, plane.height, &rows_);
  const BlockWindow window{columns_.begin, columns_.end, rows_.begin, rows_.end};
  target->width = plane.width;
  target->height = plane.height;
  target->levels.resize(plane.levels.size());
  filtered_.resize(plane.levels.size());
  if (window.empty()) return window;
  const auto row_of = [&](std::vector<float>& of, int y) {
    return of.data() + static_cast<std::size_t>(y * plane.width);
  };
  const int first_row = rows_.first[static_cast<std::size_t>(window.y0)];
  const int end_row = rows_.first[static_cast<std::size_t>(window.y1 - 1)] + kTaps;
  for (int x = window.x0; x < window.x1;) {
    // As far as columns lie as far from their taps, they are read side by side.
    const auto offset_of = [&](int column) {
      return columns_.first[static_cast<std::size_t>(column)] - column;
    };
    const int offset = offset_of(x);
    int end = x + 1;
    while (end < window.x1 && offset_of(end) == offset) ++end;
    for (int y = first_row; y < end_row; ++y) {
      const float* in = plane.row(y) + offset;
      float* out = row_of(filtered_, y);
      const float* w[kTaps];
      for (int tap = 0; tap < kTaps; ++tap) w[tap] = columns_.weights[tap].data();
      for (int i = x; i < end; ++i) {
        out[i] = w[0][i] * in[i] + w[1][i] * in[i + 1] + w[2][i] * in[i + 2] + w[3][i] * in[i + 3] +
                 w[4][i] * in[i + 4] + w[5][i] * in[i + 5];
      }
    }
    x = end;
  }
  for (int y = window.y0; y < window.y1; ++y) {
    const auto index = static_cast<std::size_t>(y);
    const float* in = row_of(filtered_, rows_.first[index]);
    const int next = plane.width;
    float w[kTaps];
    for (int tap = 0; tap < kTaps; ++tap) w[tap] = rows_.weights[tap][index];
    float* out = row_of(target->levels, y);
    for (int i = window.x0; i < window.x1; ++i) {
      out[i] = w[0] * in[i] + w[1] * in[i + next] + w[2] * in[i + 2 * next] + w[3] * in[i + 3 * next] +
               w[4] * in[i + 4 * next] + w[5] * in[i + 5 * next];
    }
  }
  return window;
}

}  // namespace reeld::engine
