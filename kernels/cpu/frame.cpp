#include "kernels/cpu/frame.hpp"

#include <algorithm>
#include <cmath>

namespace reeld::kernels {
namespace {

Pixel4 opaque(const Colour& colour) {
  return Pixel4{colour.r, colour.g, colour.b, 1};
}

bool moves(const FramePlan& plan) {
  return plan.layer_count == 2 && transition_row(plan.transition.kind).moves;
}

Shift shift_of(const FramePlan& plan, int layer) {
  return moves(plan) && layer >= 0 ? layer_shift(plan.transition, layer) : Shift{0, 0};
}

}  // namespace

void FrameRenderer::render(const FramePlan& plan, const FramePictures& pictures, const FrameView& out) {
  place(plan, pictures);
  place_overlays(plan, pictures);
  output_.begin(plan, out);
  for (int y = 0; y < plan.height; ++y) {
    for (int layer = 0; layer < plan.layer_count; ++layer) {
      layer_row(plan, layer, y, rows_[static_cast<std::size_t>(layer)].data());
    }
    if (plan.layer_count == 0) std::fill(rows_[0].begin(), rows_[0].end(), opaque(plan.background));
    if (plan.layer_count == 2) mix_rows(plan, y);
    lay_over(plan, Overlay::kOnTop, y, rows_[0].data());
    output_.write_row(y, rows_[0].data());
  }
}

void FrameRenderer::place(const FramePlan& plan, const FramePictures& pictures) {
  for (auto& row : rows_) row.resize(static_cast<std::size_t>(plan.width));
  for (std::size_t i = 0; i < static_cast<std::size_t>(plan.layer_count); ++i) {
    const Shift shift = shift_of(plan, static_cast<int>(i));
    layers_[i].place(place_layer(*pictures.layers[i], plan.layers[i], plan.width, plan.height, shift), 0,
                     plan.width, 0, plan.height);
    if (!moves(plan)) continue;
    // How much of each column and row the moved layer's own frame covers: the two layers' shares add up to 1.
    make_taps(-shift.x * plan.width, 1, plan.width, plan.width, area_x_[i]);
    make_taps(-shift.y * plan.height, 1, plan.height, plan.height, area_y_[i]);
  }
}

void FrameRenderer::place_overlays(const FramePlan& plan, const FramePictures& pictures) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(plan.overlay_count); ++i) {
    const Overlay& overlay = plan.overlays[i];
    const Shift shift = shift_of(plan, overlay.layer);
    const double x = overlay.x + shift.x * plan.width, y = overlay.y + shift.y * plan.height;
    const auto within = [](double v, int limit) {
      return static_cast<int>(std::clamp(v, 0.0, static_cast<double>(limit)));
    };
    const int left = within(std::floor(x), plan.width),
              right = within(std::ceil(x + pictures.overlays[i]->width), plan.width);
    const int top = within(std::floor(y), plan.height),
              bottom = within(std::ceil(y + pictures.overlays[i]->height), plan.height);
    overlays_[i].place(
        place_overlay(*pictures.overlays[i], overlay, left, top, shift.x * plan.width, shift.y * plan.height),
        left, right - left, top, bottom - top);
  }
}

void FrameRenderer::layer_row(const FramePlan& plan, int layer, int y, Pixel4* row) {
  const auto i = static_cast<std::size_t>(layer);
  const Pixel4* sampled = layers_[i].sample_row(y);
  const Pixel4 background = opaque(plan.background);
  for (int x = 0; x < plan.width; ++x) row[x] = over(sampled[x], background);
  lay_over(plan, layer, y, row);
  if (!moves(plan)) return;
  const float down = area_y_[i].coverage[static_cast<std::size_t>(y)];
  for (int x = 0; x < plan.width; ++x)
    row[x] *= pixel4(area_x_[i].coverage[static_cast<std::size_t>(x)] * down);
}

void FrameRenderer::lay_over(const FramePlan& plan, int layer, int y, Pixel4* row) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(plan.overlay_count); ++i) {
    const Overlay& overlay = plan.overlays[i];
    Sampler& sampler = overlays_[i];
    if (overlay.layer != layer || overlay.opacity <= 0 || sampler.columns() <= 0 || !sampler.has_row(y))
      continue;
    const Pixel4* sampled = sampler.sample_row(y);
    const Pixel4 opacity = pixel4(overlay.opacity);
    Pixel4* at = row + sampler.column();
    for (int x = 0; x < sampler.columns(); ++x) at[x] = over(sampled[x] * opacity, at[x]);
  }
}

void FrameRenderer::mix_rows(const FramePlan& plan, int y) {
  const auto mix = transition_row(plan.transition.kind).mix;
  const Pixel4 colour = opaque(plan.transition.colour);
  const float v = (static_cast<float>(y) + 0.5f) / static_cast<float>(plan.height);
  Pixel4* first = rows_[0].data();
  const Pixel4* second = rows_[1].data();
  for (int x = 0; x < plan.width; ++x) {
    const float u = (static_cast<float>(x) + 0.5f) / static_cast<float>(plan.width);
    const MixWeights w = mix(u, v, plan.transition);
    first[x] = first[x] * pixel4(w.first) + second[x] * pixel4(w.second) + colour * pixel4(w.colour);
  }
}

}  // namespace reeld::kernels
