// One frame on one thread: layers sampled, overlaid, mixed and written row by row, so that all of it stays in
// cache.
#pragma once

#include <array>
#include <vector>

#include "kernels/cpu/output.hpp"
#include "kernels/cpu/sampler.hpp"

namespace reeld::kernels {

// The pictures that a plan names, looked up: by layer, by overlay.
struct FramePictures {
  std::array<const CpuPicture*, kMaxLayers> layers{};
  std::array<const CpuPicture*, kMaxOverlays> overlays{};
};

// Its buffers are reused from frame to frame; one a thread.
class FrameRenderer {
 public:
  // The plan is valid, its pictures are there.
  void render(const FramePlan& plan, const FramePictures& pictures, const FrameView& out);

 private:
  void place(const FramePlan& plan, const FramePictures& pictures);
  void place_overlays(const FramePlan& plan, const FramePictures& pictures);
  void layer_row(const FramePlan& plan, int layer, int y, Pixel4* row);
  void lay_over(const FramePlan& plan, int layer, int y, Pixel4* row);
  void mix_rows(const FramePlan& plan, int y);

  std::array<Sampler, kMaxLayers> layers_;
  std::array<Sampler, kMaxOverlays> overlays_;
  std::array<AxisTaps, kMaxLayers> area_x_, area_y_;  // only the coverage of the layers' own frames is used
  std::array<std::vector<Pixel4>, kMaxLayers> rows_;
  OutputWriter output_;
};

}  // namespace reeld::kernels
