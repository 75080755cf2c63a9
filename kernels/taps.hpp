// The resampling filter of one axis, worked out once a frame on the host: for each output pixel a window of
// source pixels and their weights. Catmull-Rom, stretched over the area of an output pixel where the picture
// shrinks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reeld::kernels {

// Windows of more taps than this mean that a higher mip level should be sampled: at the intended scale
// below 3.5 a window has at most 15.
inline constexpr int kMaxTaps = 512;

// Where the output pixels of one axis lie on the source: output edge coordinate X is source edge coordinate
// origin + X * scale, both in pixels.
struct AxisMap {
  double origin = 0;
  double scale = 1;
};

// The windows as they come from the formula. Used again for frame after frame, so that its memory stays.
struct AxisWindows {
  int begin = 0, end = 0;       // output pixels the source reaches; coverage is 0 elsewhere
  int stride = 0;               // of weights, from one window to the next
  std::vector<int> first;       // [end - begin] first source pixel, always inside the source
  std::vector<int> count;       // [end - begin] taps, 1 or more, all inside the source
  std::vector<double> weights;  // [end - begin][stride], sum 1
  std::vector<float> coverage;  // [end - begin] 0..1: how much of the output pixel lies on the source
};

// Fills `windows` for output pixels 0..output_size of a source of `source_size` pixels, of which the picture
// covers `source_extent` (a mip level's last pixel may lie partly outside). Taps beyond the source fall on
// its edge pixel. False where a window would need more than kMaxTaps.
bool make_axis_windows(const AxisMap& map, int source_size, double source_extent, int output_size,
                       AxisWindows* windows);

// Two neighbouring taps, the first in the lower half, in units of 1 / kWeightOne: as the CPU's multiply-add
// of pairs wants them. A pair begins at an even source pixel.
using WeightPair = std::uint32_t;

// The windows of an axis, for every output pixel 0..size, rounded up to a multiple of kGroup. Outside of
// begin..end weights and coverage are 0.
struct AxisTaps {
  static constexpr int kGroup = 64;
  int begin = 0, end = 0;
  int pair_count = 0;               // of every window
  std::vector<int> first_pair;      // [size] the window begins at source pixel 2 * first_pair
  std::vector<WeightPair> weights;  // [size][pair_count], the sum of a window is kWeightOne
  std::vector<float> coverage;      // [size]
};
// All pairs lie inside the source; the last one's second pixel lies behind an odd source, with weight 0.
void make_axis_taps(const AxisWindows& windows, int source_size, int output_size, AxisTaps* taps);

}  // namespace reeld::kernels
