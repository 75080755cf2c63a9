#include "engine/score/plane_shift.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/reduced.hpp"

namespace reeld::engine {

BlockWindow intersection(const BlockWindow& a, const BlockWindow& b) {
  return {std::max(a.x0, b.x0), std::min(a.x1, b.x1), std::max(a.y0, b.y0), std::min(a.y1, b.y1)};
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
    if (!(at >= 2 && at < blocks - 3)) continue;
    const int whole = static_cast<int>(std::floor(at));
    taps->begin = std::min(taps->begin, i);
    taps->end = i + 1;
    const auto index = static_cast<std::size_t>(i);
    const double t = at - whole;
    taps->first[index] = whole - 1;
    taps->weights[0][index] = static_cast<float>(((-0.5 * t + 1) * t - 0.5) * t);
    taps->weights[1][index] = static_cast<float>((1.5 * t - 2.5) * t * t + 1);
    taps->weights[2][index] = static_cast<float>(((-1.5 * t + 2) * t + 0.5) * t);
    taps->weights[3][index] = static_cast<float>((0.5 * t - 0.5) * t * t);
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
  const int end_row = rows_.first[static_cast<std::size_t>(window.y1 - 1)] + 4;
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
      const float *w0 = columns_.weights[0].data(), *w1 = columns_.weights[1].data();
      const float *w2 = columns_.weights[2].data(), *w3 = columns_.weights[3].data();
      for (int i = x; i < end; ++i) {
        out[i] = w0[i] * in[i] + w1[i] * in[i + 1] + w2[i] * in[i + 2] + w3[i] * in[i + 3];
      }
    }
    x = end;
  }
  for (int y = window.y0; y < window.y1; ++y) {
    const auto index = static_cast<std::size_t>(y);
    const float* in = row_of(filtered_, rows_.first[index]);
    const int next = plane.width;
    const float w0 = rows_.weights[0][index], w1 = rows_.weights[1][index];
    const float w2 = rows_.weights[2][index], w3 = rows_.weights[3][index];
    float* out = row_of(target->levels, y);
    for (int i = window.x0; i < window.x1; ++i) {
      out[i] = w0 * in[i] + w1 * in[i + next] + w2 * in[i + 2 * next] + w3 * in[i + 3 * next];
    }
  }
  return window;
}

}  // namespace reeld::engine
