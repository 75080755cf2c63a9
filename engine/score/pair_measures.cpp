#include "engine/score/pair_measures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "kernels/reduced.hpp"

namespace reeld::engine {
namespace {

constexpr double kBlock = kernels::kReducedBlock;
// Blocks on a side of what flickers together. Detail finer than blocks does not follow a motion in them
// exactly, which looks like noise; over a cell it comes to nothing, and a change of brightness does not.
constexpr int kCell = 8;
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

// Brightness, contrast, shift across, shift down and growth.
constexpr std::size_t kUnknowns = 5;
using Equations = std::array<std::array<double, kUnknowns + 1>, kUnknowns>;

// By Gauss, without a change of order: the matrix is positive. Nothing where the blocks' detail does not fix
// one of the unknowns.
std::optional<Step> solve(Equations m, double blocks) {
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
  return Step{x[2], x[3], x[4]};
}

// The slope at a place, from its neighbours two to each side: true to the fourth order.
float slope(float far_before, float before, float after, float far_after) {
  return (8 * (after - before) - (far_after - far_before)) * (1.0f / 12);
}

// What must be added to where `moved` was taken from, so that it becomes `now`: least squares on the slopes
// (Lucas and Kanade 1981), with a change of the whole frame's brightness and contrast, which are no motion.
std::optional<Step> step_towards(const LumaPlane& moved, const LumaPlane& now, const BlockWindow& window,
                                 const std::vector<float>& weights) {
  // The products of each unknown's effect on a block with those behind it, and with the difference.
  std::array<double, kUnknowns*(kUnknowns + 3) / 2> sums{};
  const float middle_x = static_cast<float>(now.width - 1) / 2;
  const float middle_y = static_cast<float>(now.height - 1) / 2;
  const float radius = static_cast<float>(now.height) / 2;
  for (int y = window.y0 + 2; y < window.y1 - 2; ++y) {
    const float *p = moved.row(y), *q = now.row(y);
    const float *up = moved.row(y - 1), *down = moved.row(y + 1);
    const float *far_up = moved.row(y - 2), *far_down = moved.row(y + 2);
    const float* w = weights.data() + static_cast<std::size_t>(y * now.width);
    const float along_y = (static_cast<float>(y) - middle_y) / radius;
    add_row(window.x0 + 2, window.x1 - 2, sums, [&](int x) {
      constexpr float kGrey = 128;  // contrast is about it, so that the sums stay small
      const float c = p[x] - kGrey;
      const float gx = slope(p[x - 2], p[x - 1], p[x + 1], p[x + 2]);
      const float gy = slope(far_up[x], up[x], down[x], far_down[x]);
      const float gz = gx * ((static_cast<float>(x) - middle_x) / radius) + gy * along_y;
      const float e = q[x] - p[x];
      const float wc = w[x] * c, wx = w[x] * gx, wy = w[x] * gy, wz = w[x] * gz;
      return std::array{w[x],    wc,      wx,      wy,     wz,      w[x] * e, wc * c,
                        wc * gx, wc * gy, wc * gz, wc * e, wx * gx, wx * gy,  wx * gz,
                        wx * e,  wy * gy, wy * gz, wy * e, wz * gz, wz * e};
    });
  }
  Equations equations;
  std::size_t next = 0;
  for (std::size_t row = 0; row < kUnknowns; ++row) {
    for (std::size_t column = row; column <= kUnknowns; ++column, ++next) {
      equations[row][column] = sums[next];
      if (column < kUnknowns) equations[column][row] = sums[next];
    }
  }
  auto step = solve(equations, sums[0]);
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
  std::array<double, 8> sums{};
  double flicker = 0;
  std::vector<float> changes(static_cast<std::size_t>(now.width));  // of a row of cells, by column
  for (int y = window_.y0; y < window_.y1; ++y) {
    const float *p = moved_.row(y), *a = before.row(y), *q = now.row(y);
    const float* w = weights_.data() + static_cast<std::size_t>(y * now.width);
    add_row(window_.x0, window_.x1, sums, [&](int x) {
      const float wp = w[x] * p[x], wq = w[x] * q[x];
      return std::array{
          w[x],     w[x] * std::abs(p[x] - a[x]), w[x] * std::abs(q[x] - a[x]), wp, wq, wp * p[x], wq * q[x],
          wp * q[x]};
    });
    for (int x = window_.x0; x < window_.x1; ++x) {
      changes[static_cast<std::size_t>(x)] += w[x] * (q[x] - p[x]);
    }
    if ((y + 1) % kCell != 0 && y + 1 != window_.y1) continue;
    for (int x = window_.x0; x < window_.x1;) {
      const int end = std::min((x / kCell + 1) * kCell, window_.x1);
      float change = 0;
      for (; x < end; ++x) change += std::exchange(changes[static_cast<std::size_t>(x)], 0.0f);
      flicker += static_cast<double>(std::abs(change));
    }
  }
  const double blocks = sums[0];
  if (blocks < kFewestBlocks) return;
  measures->compared = true;
  measures->flicker = flicker / blocks;
  measures->expected = sums[1] / blocks;
  measures->seen = sums[2] / blocks;
  measures->correlation = correlation_of(blocks, sums[3], sums[4], sums[5], sums[6], sums[7]);
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
