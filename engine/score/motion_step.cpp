#include "engine/score/motion_step.hpp"

#include <algorithm>
#include <array>

#include "engine/score/row_sums.hpp"

namespace reeld::engine {
namespace {

// Brightness, contrast, shift across, shift down and growth.
constexpr std::size_t kUnknowns = 5;
using Equations = std::array<std::array<double, kUnknowns + 1>, kUnknowns>;

// By Gauss, without a change of order: the matrix is positive. Nothing where the blocks' detail does not fix
// one of the unknowns.
std::optional<MotionStep> solve(Equations m, double blocks) {
  // A shift is known to a hundredth of a block where blocks differ by a level or so from their neighbours:
  // noise is some hundredths of a level. So is a growth, which is measured at the frame's top and bottom.
  constexpr double kLeastDetail = 0.02, kLeastInAll = 25;
  for (std::size_t k = 0; k < kUnknowns; ++k) {
    if (!(m[k][k] > kLeastDetail * blocks && m[k][k] > kLeastInAll)) return std::nullopt;
    for (std::size_t row = k + 1; row < kUnknowns; ++row) {
      const double factor = m[row][k] / m[k][k];
      for (std::size_t column = k; column <= kUnknowns; ++column) m[row][column] -= factor * m[k][column];
    }
  }
  std::array<double, kUnknowns> x{};
  for (std::size_t k = kUnknowns; k-- > 0;) {
    double rest = m[k][kUnknowns];
    for (std::size_t column = k + 1; column < kUnknowns; ++column) rest -= m[k][column] * x[column];
    x[k] = rest / m[k][k];
  }
  return MotionStep{x[2], x[3], x[4]};
}

// The slope at a place, from its neighbours two to each side: true to the fourth order.
float slope(float far_before, float before, float after, float far_after) {
  return (8 * (after - before) - (far_after - far_before)) * (1.0f / 12);
}

}  // namespace

std::optional<MotionStep> step_towards(const LumaPlane& moved, const LumaPlane& now,
                                       const BlockWindow& window, const std::vector<float>& weights) {
  const int x0 = window.x0 + 2, count = window.x1 - 2 - x0;
  if (count <= 0) return std::nullopt;
  const float middle_x = static_cast<float>(now.width - 1) / 2;
  const float middle_y = static_cast<float>(now.height - 1) / 2;
  const float radius = static_cast<float>(now.height) / 2;
  // Of a row: what each unknown changes in a block, and last what did change; and the same times the weights.
  constexpr std::size_t kColumns = kUnknowns + 1;
  const auto length = static_cast<std::size_t>(count);
  std::vector<float> rows(2 * kColumns * length);
  const auto row = [&](std::size_t index) { return rows.data() + index * length; };
  float *one = row(0), *contrast = row(1), *gx = row(2), *gy = row(3), *gz = row(4), *change = row(5);
  std::fill_n(one, count, 1.0f);
  Equations equations{};
  for (int y = window.y0 + 2; y < window.y1 - 2; ++y) {
    const float *p = moved.row(y) + x0, *q = now.row(y) + x0;
    const float *up = moved.row(y - 1) + x0, *down = moved.row(y + 1) + x0;
    const float *far_up = moved.row(y - 2) + x0, *far_down = moved.row(y + 2) + x0;
    const float* w = weights.data() + static_cast<std::size_t>(y * now.width + x0);
    const float along_y = (static_cast<float>(y) - middle_y) / radius;
    for (int x = 0; x < count; ++x) {
      constexpr float kGrey = 128;  // contrast is about it, so that the sums stay small
      contrast[x] = p[x] - kGrey;
      gx[x] = slope(p[x - 2], p[x - 1], p[x + 1], p[x + 2]);
      gy[x] = slope(far_up[x], up[x], down[x], far_down[x]);
      gz[x] = gx[x] * ((static_cast<float>(x0 + x) - middle_x) / radius) + gy[x] * along_y;
      change[x] = q[x] - p[x];
    }
    for (std::size_t i = 0; i < kUnknowns; ++i) {
      const float* plain = row(i);
      float* weighted = row(kColumns + i);
      for (int x = 0; x < count; ++x) weighted[x] = w[x] * plain[x];
      for (std::size_t j = i; j < kColumns; ++j) equations[i][j] += dot(weighted, row(j), count);
    }
  }
  for (std::size_t i = 0; i < kUnknowns; ++i) {
    for (std::size_t j = 0; j < i; ++j) equations[i][j] = equations[j][i];
  }
  auto step = solve(equations, equations[0][0]);
  if (step) step->growth /= static_cast<double>(radius);
  return step;
}

}  // namespace reeld::engine
