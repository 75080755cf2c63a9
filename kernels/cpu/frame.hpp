// One frame on the CPU: placing, layers, transition, overlays, output, a row at a time.
#pragma once

#include "kernels/cpu/output.hpp"
#include "kernels/cpu/sampler.hpp"
#include "kernels/pixel/transition.hpp"

namespace reeld::kernels {

// The pictures of a plan, looked up.
struct FramePictures {
  const Picture* layers[kMaxLayers] = {};
  const Picture* overlays[kMaxOverlays] = {};
};

// Belongs to one thread and is used again for frame after frame, so that its memory stays.
class FrameRenderer {
 public:
  // The plan is valid. Errors: invalid_request where a picture has no such level or is shrunk too far.
  Result<void> render(const FramePlan& plan, const FramePictures& pictures, const FrameView& out);

 private:
  Result<void> place_layer(int index, const Picture& picture);
  Result<void> place_overlay(int index, const Picture& picture);
  void prepare_mix();
  void fill_weights(float x, float y, std::size_t index);
  // Makes row `y` of a layer with its overlays into layer_rows_.
  void render_layer_row(int index, int y);
  // The finished row: the layers' mix with what lies on top.
  real4* render_row(int y);
  void mix_row(int y);

  const FramePlan* plan_ = nullptr;
  const TransitionKernel* kernel_ = nullptr;
  TransitionFrame transition_;
  std::vector<MixWeights> weights_;  // by column, or one for all
  bool uses_layer_[kMaxLayers] = {};
  PlacedPicture layers_[kMaxLayers];
  PlacedPicture overlays_[kMaxOverlays];
  PixelBuffer layer_rows_[kMaxLayers];
  PixelBuffer mixed_row_;
  FrameWriter writer_;
};

}  // namespace reeld::kernels
