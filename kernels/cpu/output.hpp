// Linear rows into the frame's planes: the sRGB curve, BT.709's matrix, 4:2:0, dithering.
#pragma once

#include <vector>

#include "kernels/cpu/pixel4.hpp"
#include "kernels/device.hpp"

namespace reeld::kernels {

// Takes the rows of a frame in rising order, two by two for 4:2:0.
class OutputWriter {
 public:
  void begin(const FramePlan& plan, const FrameView& out);
  // Opaque linear pixels, 0..1, plan.width of them.
  void write_row(int y, const Pixel4* row);

 private:
  void write_rgb(int y, const Pixel4* encoded);
  void write_luma(int y, const Pixel4* encoded);
  void write_chroma(int y);

  int width_ = 0;
  PixelFormat format_ = PixelFormat::yuv420p;
  FrameView out_;
  std::vector<Pixel4> encoded_[2];  // the rows of one chroma row
};

}  // namespace reeld::kernels
