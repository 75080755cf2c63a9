// One frame on the CPU: what the plan shows is placed, then made tile by tile.
#pragma once

#include "kernels/cpu/tile.hpp"
#include "kernels/device.hpp"

namespace reeld::kernels {

// The pictures of a plan, looked up.
struct FramePictures {
  const Picture* layers[kMaxLayers] = {};
  const Picture* overlays[kMaxOverlays] = {};
};

// Belongs to one thread and is used again for frame after frame, so that its memory stays: a frame like the
// one before allocates nothing.
class FrameRenderer {
 public:
  // Places what the plan, which is valid, shows. `plan` and `pictures` outlive the last tile. Errors:
  // invalid_request where a picture has no such level or is shrunk too far.
  Result<void> begin(const FramePlan& plan, const FramePictures& pictures, const FrameView& out);
  // Makes the columns from `x` on, kTileWidth of them or what is left; x = 0, kTileWidth, .. in this order.
  void render_tile(const CpuKernels& kernels, int x);

 private:
  FrameJob job_;
  TileScratch scratch_;
  AxisWindows windows_;
};

}  // namespace reeld::kernels
