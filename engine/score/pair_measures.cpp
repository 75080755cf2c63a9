#include "engine/score/pair_measures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "kernels/reduced.hpp"

namespace reeld::engine {
namespace {

constexpr double kBlock = kernels::kReducedBlock;
constexpr double kFewestBlocks = 30;  // fewer say too little of a frame

// Sums that run side by side, so that a row is added with the vectors that there are.
constexpr int kLanes = 8;
struct LaneSum {
  float lanes[kLanes] = {};
  double total() const {
    double sum = 0;
    for (const float lane : lanes) sum += static_cast<double>(lane);
    return sum;
  }
};

// Adds what term(x) gives, an array of N, over [x0, x1) of a row.
template <std::size_t N, class Term>
void add_row(int x0, int x1, std::array<double, N>& sums, const Term& term) {
  std::array<LaneSum, N> lanes;
  int x = x0;
  for (; x + kLanes <= x1; x += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) {
      const std::array<float, N> terms = term(x + lane);
      for (std::size_t i = 0; i < N; ++i) lanes[i].lanes[lane] += terms[i];
    }
  }
  for (; x < x1; ++x) {
    const std::array<float, N> terms = term(x);
    for (std::size_t i = 0; i < N; ++i) lanes[i].lanes[0] += terms[i];
  }
  for (std::size_t i = 0; i < N; ++i) sums[i] += lanes[i].total();
}

double mean_difference(const LumaPlane& a, const LumaPlane& b) {
  std::array<double, 1> sum{};
  for (int y = 0; y < a.height; ++y) {
    const float *p = a.row(y), *q = b.row(y);
    add_row(0, a.width, sum, [&](int x) { return std::array{std::abs(q[x] - p[x])}; });
  }
  const auto count = static_cast<double>(a.levels.size());
  return count > 0 ? sum[0] / count : 0;
}

// Of n values x and y with these sums.
double correlation_of(double n, double x, double y, double xx, double yy, double xy) {
  const double var_x = xx - x * x / n, var_y = yy - y * y / n;
  // A hundredth of a level squared: flat.
  constexpr double kFlat = 0.01;
  if (!(var_x > kFlat * n && var_y > kFlat * n)) return 0;
  return std::clamp((xy - x * y / n) / std::sqrt(var_x * var_y), -1.0, 1.0);
}

// The blocks that lie wholly in a rectangle of frame pixels, and `margin` blocks from those of its edges that
// lie in the frame.
BlockWindow blocks_inside(const kernels::Rect& rect, int margin, int width, int height) {
  const auto first = [&](double edge) {
    return edge <= 0 ? 0 : static_cast<int>(std::min(std::ceil(edge / kBlock), 1e6)) + margin;
  };
  const auto end = [&](double edge, int blocks) {
    return edge >= blocks * kBlock ? blocks
                                   : static_cast<int>(std::floor(std::max(edge, 0.0) / kBlock)) - margin;
  };
  return {first(rect.x), end(rect.x + rect.w, width), first(rect.y), end(rect.y + rect.h, height)};
}

// A small step of the motion: its shift across and down at the frame's middle, and its growth, in blocks.
struct Step {
  double x = 0, y = 0, growth = 0;
};

// Solves the normal equations of brightness, shift and growth by Gauss, without a change of order: the matrix
// is positive. Nothing where the blocks' detail does not fix one of them.
std::optional<Step> solve(std::array<std::array<double, 5>, 4> m, double blocks) {
  // A shift is known to a hundredth of a block where blocks differ by a level or so from their neighbours:
  // noise is some hundredths of a level. So is a growth, which is measured at the frame's top and bottom.
  constexpr double kLeastDetail = 0.02, kLeastInAll = 25;
  for (std::size_t k = 0; k < 4; ++k) {
    if (k > 0 && !(m[k][k] > kLeastDetail * blocks && m[k][k] > kLeastInAll)) return std::nullopt;
    for (std::size_t row = k + 1; row < 4; ++row) {
      const double factor = m[row][k] / m[k][k];
      for (std::size_t column = k; column < 5; ++column) m[row][column] -= factor * m[k][column];
    }
  }
  std::array<double, 4> x{};
  for (std::size_t k = 4; k-- > 0;) {
    double rest = m[k][4];
    for (std::size_t column = k + 1; column < 4; ++column) rest -= m[k][column] * x[column];
    x[k] = rest / m[k][k];
  }
  return Step{x[1], x[2], x[3]};
}

// What must be added to where `moved` was taken from, so that it becomes `now`: least squares on the
// gradients (Lucas and Kanade 1981), with a change of brightness of the whole frame, which is no motion.
std::optional<Step> step_towards(const LumaPlane& moved, const LumaPlane& now, const BlockWindow& window,
                                 const std::vector<float>& weights) {
  // Sums of w g h for g, h of brightness (1), gradients, growth and difference.
  std::array<double, 14> sums{};
  const float middle_x = static_cast<float>(now.width - 1) / 2,
              middle_y = static_cast<float>(now.height - 1) / 2;
  const float radius = static_cast<float>(now.height) / 2;
  for (int y = window.y0 + 1; y < window.y1 - 1; ++y) {
    const float *p = moved.row(y), *above = moved.row(y - 1), *below = moved.row(y + 1), *q = now.row(y);
    const float* w = weights.data() + static_cast<std::size_t>(y * now.width);
    const float along_y = (static_cast<float>(y) - middle_y) / radius;
    add_row(window.x0 + 1, window.x1 - 1, sums, [&](int x) {
      const float gx = (p[x + 1] - p[x - 1]) * 0.5f, gy = (below[x] - above[x]) * 0.5f;
      const float gz = gx * ((static_cast<float>(x) - middle_x) / radius) + gy * along_y;
      const float e = q[x] - p[x];
      const float wx = w[x] * gx, wy = w[x] * gy, wz = w[x] * gz;
      return std::array<float, 14>{w[x],    wx,     wy,      wz,      w[x] * e, wx * gx, wx * gy,
                                   wx * gz, wx * e, wy * gy, wy * gz, wy * e,   wz * gz, wz * e};
    });
  }
  const auto& s = sums;
  auto step = solve({{{s[0], s[1], s[2], s[3], s[4]},
                      {s[1], s[5], s[6], s[7], s[8]},
                      {s[2], s[6], s[9], s[10], s[11]},
                      {s[3], s[7], s[10], s[12], s[13]}}},
                    s[0]);
  if (step) step->growth /= static_cast<double>(radius);
  return step;
}

}  // namespace

PairMeasures PairMeter::measure(const MeasuredFrame& before, const MeasuredFrame& now,
                                const PlannedPair& plan) {
  PairMeasures measures;
  measures.difference = mean_difference(before.luma, now.luma);
  if (plan.kind == PairKind::mixed) return measures;
  const bool moves = plan.kind == PairKind::steady;
  const kernels::AxisMap still;
  window_ = shift_.shift(before.luma, moves ? plan.across : still, moves ? plan.down : still, &moved_);
  if (moves) window_ = intersection(window_, blocks_inside(plan.picture, 3, now.luma.width, now.luma.height));
  weigh_blocks(before, now, plan);
  compare(before.luma, now.luma, &measures);
  if (!moves) return {measures.difference, measures.correlation};
  if (measures.compared) track(before.luma, now.luma, plan, &measures);
  return measures;
}

// Nothing is made of a text's blocks: neither those that it covers, nor those that the motion brings from
// there, nor their neighbours, which smoothing mixes with them.
void PairMeter::weigh_blocks(const MeasuredFrame& before, const MeasuredFrame& now, const PlannedPair& plan) {
  const int width = now.luma.width, height = now.luma.height;
  weights_.assign(now.luma.levels.size(), 1.0f);
  constexpr double kMargin = 3 * kBlock;
  const auto blank = [&](const kernels::Rect& text, const kernels::AxisMap& across,
                         const kernels::AxisMap& down) {
    const auto block = [](double pixel, int blocks) {
      return static_cast<int>(std::clamp(std::floor(pixel / kBlock), 0.0, static_cast<double>(blocks)));
    };
    const double left = (text.x - across.origin) / across.scale, top = (text.y - down.origin) / down.scale;
    const int x0 = block(left - kMargin, width);
    const int x1 = block(left + text.w / across.scale + kMargin + kBlock, width);
    const int y0 = block(top - kMargin, height);
    const int y1 = block(top + text.h / down.scale + kMargin + kBlock, height);
    for (int y = y0; y < y1; ++y) {
      std::fill_n(weights_.begin() + y * width + x0, std::max(0, x1 - x0), 0.0f);
    }
  };
  const kernels::AxisMap still;
  for (const kernels::Rect& text : now.texts) blank(text, still, still);
  const bool moves = plan.kind == PairKind::steady;
  for (const kernels::Rect& text : before.texts) {
    blank(text, moves ? plan.across : still, moves ? plan.down : still);
  }
}

void PairMeter::compare(const LumaPlane& before, const LumaPlane& now, PairMeasures* measures) {
  std::array<double, 9> sums{};
  for (int y = window_.y0; y < window_.y1; ++y) {
    const float *p = moved_.row(y), *a = before.row(y), *q = now.row(y);
    const float* w = weights_.data() + static_cast<std::size_t>(y * now.width);
    add_row(window_.x0, window_.x1, sums, [&](int x) {
      const float wp = w[x] * p[x], wq = w[x] * q[x];
      return std::array<float, 9>{w[x],
                                  w[x] * std::abs(q[x] - p[x]),
                                  w[x] * std::abs(p[x] - a[x]),
                                  w[x] * std::abs(q[x] - a[x]),
                                  wp,
                                  wq,
                                  wp * p[x],
                                  wq * q[x],
                                  wp * q[x]};
    });
  }
  const double blocks = sums[0];
  if (blocks < kFewestBlocks) return;
  measures->compared = true;
  measures->flicker = sums[1] / blocks;
  measures->expected = sums[2] / blocks;
  measures->seen = sums[3] / blocks;
  measures->correlation = correlation_of(blocks, sums[4], sums[5], sums[6], sums[7], sums[8]);
}

void PairMeter::track(const LumaPlane& before, const LumaPlane& now, const PlannedPair& plan,
                      PairMeasures* measures) {
  // One step is true to a few hundredths of itself; so a step of a block's fiftieth, or less, is the last.
  constexpr double kLastStep = 0.02, kFarthest = 4;  // blocks
  constexpr int kMostSteps = 6;
  Step sum;
  kernels::AxisMap across = plan.across, down = plan.down;
  for (int i = 0; i < kMostSteps; ++i) {
    if (window_.empty()) return;
    const auto step = step_towards(moved_, now, window_, weights_);
    if (!step) return;
    sum = {sum.x + step->x, sum.y + step->y, sum.growth + step->growth};
    const double reach = std::abs(step->growth) * now.width / 2;
    if (std::abs(sum.x) + std::abs(sum.y) > kFarthest) return;
    if (std::abs(step->x) + std::abs(step->y) + reach <= kLastStep) {
      // The content moves against where it is taken from.
      measures->error = {-sum.x * kBlock, -sum.y * kBlock, -sum.growth};
      measures->tracked = true;
      return;
    }
    across.scale = plan.across.scale + sum.growth;
    across.origin = plan.across.origin + sum.x * kBlock - sum.growth * output_.width / 2.0;
    down.scale = plan.down.scale + sum.growth;
    down.origin = plan.down.origin + sum.y * kBlock - sum.growth * output_.height / 2.0;
    window_ = intersection(window_, shift_.shift(before, across, down, &moved_));
  }
}

}  // namespace reeld::engine
