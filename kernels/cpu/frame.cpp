#include "kernels/cpu/frame.hpp"

#include <algorithm>

#include "kernels/pixel/blend.hpp"

namespace reeld::kernels {
namespace {

real4 opaque(Colour colour) {
  return real4{colour.r, colour.g, colour.b, 1.0f};
}

Error wrong_level(const char* what, int index, const std::string& why) {
  return Error{Code::invalid_request, std::string(what) + " " + std::to_string(index) + ": " + why};
}

}  // namespace

Result<void> FrameRenderer::render(const FramePlan& plan, const FramePictures& pictures,
                                   const FrameView& out) {
  plan_ = &plan;
  transition_ = TransitionFrame{};
  kernel_ = plan.layer_count == 2 ? find_transition(plan.transition.kind) : nullptr;
  if (kernel_ != nullptr) {
    kernel_->prepare(plan.transition, plan.width, plan.height, &transition_);
  }
  for (int i = 0; i < plan.layer_count; ++i) {
    REELD_TRY(place_layer(i, *pictures.layers[i]));
  }
  for (int i = 0; i < plan.overlay_count; ++i) {
    REELD_TRY(place_overlay(i, *pictures.overlays[i]));
  }
  std::size_t width = static_cast<std::size_t>(plan.width);
  layer_rows_[0].reserve(width);
  layer_rows_[1].reserve(width);
  mixed_row_.reserve(width);
  prepare_mix();
  writer_.begin(plan, out);
  for (int y = 0; y < plan.height; ++y) {
    writer_.write_row(y, render_row(y));
  }
  return {};
}

// A layer moved by `shift` shows at frame x what it would have shown at x - shift.
Result<void> FrameRenderer::place_layer(int index, const Picture& picture) {
  const Layer& layer = plan_->layers[static_cast<std::size_t>(index)];
  if (layer.level < picture.first_level) {
    return wrong_level(
        "layer", index,
        "mip level " + std::to_string(layer.level) + " was not kept when the picture was uploaded");
  }
  int level = std::min(layer.level, picture.first_level + static_cast<int>(picture.levels.size()) - 1);
  double scale_x = layer.source.w / plan_->width;
  double scale_y = layer.source.h / plan_->height;
  AxisMap across{layer.source.x - transition_.shift_x[index] * scale_x, scale_x};
  AxisMap down{layer.source.y - transition_.shift_y[index] * scale_y, scale_y};
  if (!layers_[index].place(picture, level, across, down, plan_->width, plan_->height, 1.0f)) {
    return wrong_level("layer", index, "the picture is shrunk too far; sample a higher mip level");
  }
  return {};
}

Result<void> FrameRenderer::place_overlay(int index, const Picture& picture) {
  const Overlay& overlay = plan_->overlays[static_cast<std::size_t>(index)];
  if (picture.first_level > 0) {
    return wrong_level("overlay", index, "its picture was uploaded without mip level 0");
  }
  double x = overlay.x;
  double y = overlay.y;
  if (overlay.layer != Overlay::kOnTop) {
    x += transition_.shift_x[overlay.layer];
    y += transition_.shift_y[overlay.layer];
  }
  if (!overlays_[index].place(picture, 0, AxisMap{-x, 1}, AxisMap{-y, 1}, plan_->width, plan_->height,
                              overlay.opacity)) {
    return wrong_level("overlay", index, "its picture cannot be placed");
  }
  return {};
}

void FrameRenderer::fill_weights(float x, float y, std::size_t index) {
  MixWeights weights = kernel_->weights(transition_, x, y);
  weights_[index] = weights;
  uses_layer_[0] = uses_layer_[0] || weights.layer0 > 0.0f;
  uses_layer_[1] = uses_layer_[1] || weights.layer1 > 0.0f;
}

void FrameRenderer::prepare_mix() {
  uses_layer_[0] = uses_layer_[1] = false;
  weights_.resize(static_cast<std::size_t>(plan_->width));
  if (kernel_ == nullptr) {
    uses_layer_[0] = plan_->layer_count > 0;
    return;
  }
  for (std::size_t x = 0; x < weights_.size(); ++x) {
    fill_weights(static_cast<float>(x) + 0.5f, 0.5f, x);
  }
}

void FrameRenderer::render_layer_row(int index, int y) {
  real4* row = layer_rows_[index].data();
  std::fill(row, row + plan_->width, opaque(plan_->background));
  layers_[index].blend_row(y, row);
  for (int i = 0; i < plan_->overlay_count; ++i) {
    if (plan_->overlays[static_cast<std::size_t>(i)].layer == index) {
      overlays_[i].blend_row(y, row);
    }
  }
}

real4* FrameRenderer::render_row(int y) {
  real4* row = layer_rows_[0].data();
  if (kernel_ != nullptr) {
    mix_row(y);
    row = mixed_row_.data();
  } else if (plan_->layer_count == 1) {
    render_layer_row(0, y);
  } else {
    std::fill(row, row + plan_->width, opaque(plan_->background));
  }
  for (int i = 0; i < plan_->overlay_count; ++i) {
    if (plan_->overlays[static_cast<std::size_t>(i)].layer == Overlay::kOnTop) {
      overlays_[i].blend_row(y, row);
    }
  }
  return row;
}

void FrameRenderer::mix_row(int y) {
  if (transition_.axis == MixAxis::y) {
    uses_layer_[0] = uses_layer_[1] = false;
    fill_weights(0.5f, static_cast<float>(y) + 0.5f, 0);
    std::fill(weights_.begin(), weights_.end(), weights_[0]);
  }
  for (int i = 0; i < kMaxLayers; ++i) {
    if (uses_layer_[i]) {
      render_layer_row(i, y);
    }
  }
  const real4* layer0 = layer_rows_[0].data();
  const real4* layer1 = layer_rows_[1].data();
  real4* mixed = mixed_row_.data();
  real4 colour = opaque(plan_->transition.colour);
  for (std::size_t x = 0; x < weights_.size(); ++x) {
    MixWeights weights = weights_[x];
    mixed[x] = mix_layers(layer0[x], layer1[x], colour, weights.layer0, weights.layer1, weights.colour);
  }
}

}  // namespace reeld::kernels
