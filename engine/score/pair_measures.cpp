#include "engine/score/pair_measures.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/score/motion_step.hpp"
#include "engine/score/row_sums.hpp"
#include "kernels/reduced.hpp"

namespace reeld::engine {
namespace {

constexpr double kBlock = kernels::kReducedBlock;
// Blocks on a side of what flickers together. Detail finer than blocks does not follow a motion in them
// exactly, which looks like noise; over a cell it comes to nothing, and a change of brightness does not.
constexpr int kCell = 8;
constexpr double kFewestBlocks = 30;  // fewer say too little of a frame

double mean_difference(const LumaPlane& a, const LumaPlane& b) {
  double sum = 0;
  for (int y = 0; y < a.height; ++y) {
    const float *p = a.row(y), *q = b.row(y);
    sum += row_sum(a.width, [=](int x) { return std::abs(q[x] - p[x]); });
  }
  const auto count = static_cast<double>(a.levels.size());
  return count > 0 ? sum / count : 0;
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
  if (window_.empty()) return;
  const int x0 = window_.x0, count = window_.x1 - window_.x0;
  double blocks = 0, flicker = 0, expected = 0, seen = 0;
  double p_sum = 0, q_sum = 0, pp_sum = 0, qq_sum = 0, pq_sum = 0;
  std::vector<float> changes(static_cast<std::size_t>(now.width));  // of a row of cells, by column
  std::vector<float> wp(changes.size()), wq(changes.size());
  for (int y = window_.y0; y < window_.y1; ++y) {
    const float *p = moved_.row(y) + x0, *a = before.row(y) + x0, *q = now.row(y) + x0;
    const float* w = weights_.data() + static_cast<std::size_t>(y * now.width + x0);
    for (int x = 0; x < count; ++x) {
      wp[static_cast<std::size_t>(x)] = w[x] * p[x];
      wq[static_cast<std::size_t>(x)] = w[x] * q[x];
      changes[static_cast<std::size_t>(x0 + x)] += w[x] * (q[x] - p[x]);
    }
    blocks += row_sum(count, [=](int x) { return w[x]; });
    expected += difference(w, p, a, count);
    seen += difference(w, q, a, count);
    p_sum += row_sum(count, [&](int x) { return wp[static_cast<std::size_t>(x)]; });
    q_sum += row_sum(count, [&](int x) { return wq[static_cast<std::size_t>(x)]; });
    pp_sum += dot(wp.data(), p, count);
    qq_sum += dot(wq.data(), q, count);
    pq_sum += dot(wp.data(), q, count);
    if ((y + 1) % kCell != 0 && y + 1 != window_.y1) continue;
    for (int x = window_.x0; x < window_.x1;) {
      const int end = std::min((x / kCell + 1) * kCell, window_.x1);
      float change = 0;
      for (; x < end; ++x) change += std::exchange(changes[static_cast<std::size_t>(x)], 0.0f);
      flicker += static_cast<double>(std::abs(change));
    }
  }
  if (blocks < kFewestBlocks) return;
  measures->compared = true;
  measures->flicker = flicker / blocks;
  measures->expected = expected / blocks;
  measures->seen = seen / blocks;
  measures->correlation = correlation_of(blocks, p_sum, q_sum, pp_sum, qq_sum, pq_sum);
}

void PairMeter::track(const LumaPlane& before, const LumaPlane& now, const PlannedPair& plan,
                      PairMeasures* measures) {
  // One step is true to a few hundredths of itself; so a step of a block's fiftieth, or less, is the last.
  constexpr double kLastStep = 0.02, kFarthest = 4;  // blocks
  constexpr int kMostSteps = 6;
  MotionStep sum;
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
