// Transitions: how much of layer 0, layer 1 and a colour a pixel shows. One function a kind and one row in
// kTransitions; what mixes, moves and names transitions reads that table.
#pragma once

#include "kernels/frame_plan.hpp"

namespace reeld::kernels {

struct MixWeights {
  float first, second, colour;  // sum 1
};

// How a layer is moved, in frame widths and heights.
struct Shift {
  double x, y;
};

inline MixWeights mix_cut(float, float, const Transition& t) {
  return t.progress < 0.5f ? MixWeights{1, 0, 0} : MixWeights{0, 1, 0};
}

inline MixWeights mix_crossfade(float, float, const Transition& t) {
  return {1 - t.progress, t.progress, 0};
}

// To the colour in the first half, from it in the second.
inline MixWeights mix_fade_color(float, float, const Transition& t) {
  const float p = 2 * t.progress;
  return p <= 1 ? MixWeights{1 - p, 0, p} : MixWeights{0, p - 1, 2 - p};
}

// 0..1 along the way that the new scene travels: 0 where it comes in first. x, y: 0..1 of the frame, at pixel
// centres.
inline float travel(float x, float y, Direction direction) {
  switch (direction) {
    case Direction::left:
      return 1 - x;
    case Direction::right:
      return x;
    case Direction::up:
      return 1 - y;
    case Direction::down:
      return y;
  }
  return x;
}

// An edge of width `softness` that is all outside of the frame at progress 0 and at 1. The ramp is at least a
// 4096th wide, less than a pixel, which keeps the division defined.
inline MixWeights mix_wipe(float x, float y, const Transition& t) {
  const float soft = t.softness < 1.0f / 4096 ? 1.0f / 4096 : t.softness;
  const float w = (t.progress * (1 + soft) - travel(x, y, t.direction)) / soft;
  const float second = w < 0 ? 0 : (w > 1 ? 1 : w);
  return {1 - second, second, 0};
}

// Each layer covers its part of the frame; the coverage of the edge's pixels comes with the shift of the
// layers (kernels/cpu/layer.cpp), so here the second lies over the first where it is.
inline MixWeights mix_slide(float, float, const Transition& t) {
  return t.progress <= 0 ? MixWeights{1, 0, 0}
                         : (t.progress >= 1 ? MixWeights{0, 1, 0} : MixWeights{1, 1, 0});
}

struct TransitionRow {
  TransitionKind kind;
  const char* name;
  MixWeights (*mix)(float x, float y, const Transition& transition);
  bool moves;  // the layers move with it: the old one out, the new one in
};

inline constexpr TransitionRow kTransitions[] = {
    {TransitionKind::cut, "cut", mix_cut, false},
    {TransitionKind::crossfade, "crossfade", mix_crossfade, false},
    {TransitionKind::fade_color, "fade", mix_fade_color, false},
    {TransitionKind::wipe, "wipe", mix_wipe, false},
    {TransitionKind::slide, "slide", mix_slide, true}};

inline const TransitionRow& transition_row(TransitionKind kind) {
  for (const TransitionRow& row : kTransitions) {
    if (row.kind == kind) return row;
  }
  return kTransitions[0];
}

// Where layer 0 or 1 stands during the transition.
inline Shift layer_shift(const Transition& t, int layer) {
  if (!transition_row(t.kind).moves) return {0, 0};
  const double travelled = layer == 0 ? t.progress : t.progress - 1.0;
  switch (t.direction) {
    case Direction::left:
      return {-travelled, 0};
    case Direction::right:
      return {travelled, 0};
    case Direction::up:
      return {0, -travelled};
    case Direction::down:
      return {0, travelled};
  }
  return {0, 0};
}

}  // namespace reeld::kernels
