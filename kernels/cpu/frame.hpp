// One frame on the CPU: places what the plan shows, then makes it tile by tile.
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
  // The plan is valid. Errors: invalid_request where a picture has no such level or is shrunk too far.
  Result<void> render(const FramePlan& plan, const FramePictures& pictures, const CpuKernels& kernels,
                      const FrameView& out);

 private:
  FrameJob job_;
  TileScratch scratch_;
  AxisWindows windows_;
};

}  // namespace reeld::kernels
