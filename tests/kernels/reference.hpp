// A second renderer, for tests alone: straight from the definition, in double, from level 0, a pixel at a
// time, with no mip level, table or separable pass. It shares no code with kernels/.
#pragma once

#include <vector>

#include "kernels/device.hpp"

namespace reeld::kernels::reference {

// Linear, premultiplied RGBA.
struct Pixel {
  double r = 0, g = 0, b = 0, a = 0;
};

struct Image {
  int width = 0, height = 0;
  std::vector<Pixel> pixels;
  const Pixel& at(int x, int y) const;  // the edge pixel for what lies beyond
};

// The sRGB curve.
double to_linear(double encoded);
double to_encoded(double linear);

Image decode(const PictureView& view);

// `pictures[id]` is the picture that a plan names `id`. The result is encoded R'G'B' in 0..1, a frame of it.
Image render(const FramePlan& plan, const std::vector<Image>& pictures);

// Code values of BT.709 limited range, unrounded; chroma is planes of half size, sited left.
std::vector<double> luma_plane(const Image& encoded);
std::vector<double> cb_plane(const Image& encoded);
std::vector<double> cr_plane(const Image& encoded);

}  // namespace reeld::kernels::reference
