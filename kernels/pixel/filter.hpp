// The resampling filter of one axis, worked out once a frame on the host: for each output pixel a window of
// source pixels and their weights. Catmull-Rom, stretched over the area of an output pixel where the picture
// shrinks.
#pragma once

#include <cstddef>
#include <vector>

namespace reeld::kernels {

// Windows of more taps than this mean that a lower-resolution mip level should be sampled: at the intended
// scale below 2 a window has at most 9.
inline constexpr int kMaxTaps = 512;

// The Catmull-Rom kernel at distance x, zero from 2 on.
double catmull_rom(double x);

// Where the output pixels of one axis lie on the source: output edge coordinate X is source edge coordinate
// origin + X * scale, both in pixels.
struct AxisMap {
  double origin = 0;
  double scale = 1;
};

struct AxisTaps {
  int begin = 0, end = 0;       // output pixels the source reaches; coverage is 0 elsewhere
  int tap_count = 0;            // of every window; at most the source's size
  std::vector<int> first;       // [end - begin] first source pixel of the window, always inside the source
  std::vector<float> weights;   // [end - begin][tap_count], sum 1
  std::vector<float> coverage;  // [end - begin] 0..1: how much of the output pixel lies on the source
};

// Fills `taps` for output pixels 0..output_size of a source of `source_size` pixels; its memory is used
// again. Taps beyond the source fall on its edge pixel. False where a window would need more than kMaxTaps.
bool make_axis_taps(const AxisMap& map, int source_size, double source_extent, int output_size,
                    AxisTaps* taps);

}  // namespace reeld::kernels
