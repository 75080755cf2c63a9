// A luma plane as another frame would see it: shifted by parts of a block, and grown. Runs in workers.
#pragma once

#include <vector>

#include "engine/score/luma_plane.hpp"
#include "kernels/taps.hpp"

namespace reeld::engine {

// Blocks [x0, x1) x [y0, y1); empty where one end is not above the other.
struct BlockWindow {
  int x0 = 0, x1 = 0, y0 = 0, y1 = 0;
  bool empty() const { return x0 >= x1 || y0 >= y1; }
};

BlockWindow intersection(const BlockWindow& a, const BlockWindow& b);

// Used again for frame after frame, so that its memory stays.
class PlaneShift {
 public:
  // `target` becomes what `plane` shows where the maps, of frame pixels, send each block's centre. Gives the
  // blocks of it that are made of the plane's inner ones alone; what lies outside of them is left as it was.
  // `scale` of the maps is near 1.
  BlockWindow shift(const LumaPlane& plane, const kernels::AxisMap& across, const kernels::AxisMap& down,
                    LumaPlane* target);

 private:
  // Of one axis: blocks [begin, end) have all their taps, the first of which is first[i].
  static constexpr int kTaps = 6;
  struct Taps {
    int begin = 0, end = 0;
    std::vector<int> first;
    std::vector<float> weights[kTaps];
  };
  static double weight(double distance);
  static void make_taps(const kernels::AxisMap& map, int blocks, Taps* taps);

  Taps columns_, rows_;
  std::vector<float> filtered_;  // along the rows
};

}  // namespace reeld::engine
