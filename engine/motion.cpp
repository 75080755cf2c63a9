#include "engine/motion.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/mip_level.hpp"

namespace reeld::engine {
namespace {

using kernels::Rect;

// A level is sharp enough where it has this many of its pixels or more to an output pixel: with fewer, what
// it has no room for is missed. Against the float64 reference photographs come to 52 dB or more then, the
// standard jobs' pictures to 49 at level 1 (bench/README.md); at 1.2 to 1 and 3 dB less.
constexpr double kSpare = 1.3;

// SplitMix64 (Steele, Lea, Flood 2014): our own, since a standard library may change its distributions and
// a film must come out the same on every node.
class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t stream) : state_(seed * 0x9E3779B97F4A7C15u + stream) {}

  double between(double low, double high) {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return low + (high - low) * (static_cast<double>(z >> 11) * 0x1p-53);
  }

 private:
  std::uint64_t state_;
};

// The rectangle about the same centre with the output's aspect: fill shrinks one side, so that nothing
// outside the rectangle shows; fit grows one, so that all of it does.
Rect with_aspect(const Rect& rect, double aspect, Fit fit) {
  const bool too_wide = rect.w > rect.h * aspect;
  Rect result = rect;
  if (too_wide == (fit == Fit::fill)) {
    result.w = rect.h * aspect;
  } else {
    result.h = rect.w / aspect;
  }
  result.x = rect.x + (rect.w - result.w) / 2;
  result.y = rect.y + (rect.h - result.h) / 2;
  return result;
}

// Rounding may carry an edge past the picture's by some 1e-13 pixel, where the background would show.
Rect inside(Rect rect, const MotionFrame& frame) {
  rect.x = std::clamp(rect.x, 0.0, std::max(0.0, frame.picture_width - rect.w));
  rect.y = std::clamp(rect.y, 0.0, std::max(0.0, frame.picture_height - rect.h));
  return rect;
}

Rect placed(const FractionRect& fractions, const MotionFrame& frame, Fit fit) {
  const Rect pixels{fractions.x * frame.picture_width, fractions.y * frame.picture_height,
                    fractions.w * frame.picture_width, fractions.h * frame.picture_height};
  const double aspect = static_cast<double>(frame.output_width) / frame.output_height;
  const Rect result = with_aspect(pixels, aspect, fit);
  return fit == Fit::fill ? inside(result, frame) : result;
}

// `view` reduced by 1 + amount; along and down say where in the room that this leaves, 0..1.
Rect zoomed(const Rect& view, double amount, double along, double down) {
  const double w = view.w / (1 + amount);
  const double h = view.h / (1 + amount);
  return {view.x + (view.w - w) * along, view.y + (view.h - h) * down, w, h};
}

void named(PlanMotion& motion, const std::string& move, const Rect& view, double amount) {
  const auto at = [&](double along, double down) { return zoomed(view, amount, along, down); };
  motion.from = motion.to = view;
  if (move == "zoom-in") motion.to = at(0.5, 0.5);
  if (move == "zoom-out") motion.from = at(0.5, 0.5);
  // The camera travels the way that the name says.
  if (move == "pan-left") motion.from = at(1, 0.5), motion.to = at(0, 0.5);
  if (move == "pan-right") motion.from = at(0, 0.5), motion.to = at(1, 0.5);
  if (move == "pan-up") motion.from = at(0.5, 1), motion.to = at(0.5, 0);
  if (move == "pan-down") motion.from = at(0.5, 0), motion.to = at(0.5, 1);
}

// Four kinds in turn (in, pan, out, pan back), begun at a place that the seed chooses: so neighbours always
// differ and directions alternate. Amounts and focus are drawn per scene: 8 to 15 % is seen but does not
// hurry over the usual five seconds; a focus a little off the centre looks less mechanical.
void automatic(PlanMotion& motion, const Rect& view, std::uint64_t seed, int scene) {
  const int start = static_cast<int>(Random(seed, 0).between(0, 4));
  Random random(seed, static_cast<std::uint64_t>(scene) + 1);
  const double amount = random.between(0.08, 0.15);
  const double along = random.between(0.3, 0.7);
  const double down = random.between(0.3, 0.7);
  const int kind = (scene + start) % 4;
  if (kind == 0) motion.from = view, motion.to = zoomed(view, amount, along, down);
  if (kind == 2) motion.from = zoomed(view, amount, along, down), motion.to = view;
  if (kind == 1 || kind == 3) {
    motion.from = zoomed(view, amount, kind == 1 ? 0 : 1, down);
    motion.to = zoomed(view, amount, kind == 1 ? 1 : 0, 1 - down);
  }
}

// Being one level for the whole motion, chosen at its tightest moment, it never pops. The filter's area does
// the rest where the motion is wider.
int level_of(const PlanMotion& motion, const MotionFrame& frame) {
  const double scale = std::min({motion.from.w / frame.output_width, motion.to.w / frame.output_width,
                                 motion.from.h / frame.output_height, motion.to.h / frame.output_height});
  return sampled_level(scale, frame.picture_width, frame.picture_height);
}

}  // namespace

int sampled_level(double scale, int picture_width, int picture_height) {
  const int smallest = kernels::smallest_mip_level(picture_width, picture_height);
  int level = 0;
  while (level < smallest && scale * kernels::mip_reduction(level + 1) >= kSpare) ++level;
  return level;
}

PlanMotion plan_motion(const MotionSpec& spec, const MotionFrame& frame, std::uint64_t seed, int scene) {
  PlanMotion motion;
  motion.easing = spec.easing;
  const Rect view = placed(FractionRect{}, frame, spec.fit);
  if (spec.move == "rects") {
    motion.from = placed(spec.from, frame, spec.fit);
    motion.to = placed(spec.to, frame, spec.fit);
  } else if (spec.move == "auto") {
    automatic(motion, view, seed, scene);
  } else {
    named(motion, spec.move, view, spec.amount);
  }
  motion.level = level_of(motion, frame);
  return motion;
}

// A zoom looks even when each frame magnifies by the same factor, so the width is geometric:
//   w(u) = w0 (w1/w0)^u = w0 e^(u L), L = ln(w1/w0).
// Place follows the width, not the time, or the focus would wander:
//   q(u) = (w(u) - w0) / (w1 - w0) = (e^(uL) - 1) / (e^L - 1),  x(u) = x0 + (x1 - x0) q(u), likewise y.
// expm1 keeps q exact as L goes to 0, where it becomes u: a plain pan. Then w itself is w0 + (w1 - w0) q.
kernels::Rect rect_at(const PlanMotion& motion, double u) {
  if (u <= 0) return motion.from;
  if (u >= 1) return motion.to;
  const Rect& a = motion.from;
  const Rect& b = motion.to;
  const double growth = std::log(b.w / a.w);
  const double q = std::abs(growth) < 1e-12 ? u : std::expm1(u * growth) / std::expm1(growth);
  return {a.x + (b.x - a.x) * q, a.y + (b.y - a.y) * q, a.w + (b.w - a.w) * q, a.h + (b.h - a.h) * q};
}

}  // namespace reeld::engine
