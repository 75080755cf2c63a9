// A picture placed in the frame, sampled row by row and laid over what is there. Layers and overlays are the
// same thing at this point: a map from frame to picture on each axis.
#pragma once

#include <vector>

#include "kernels/cpu/picture.hpp"
#include "kernels/cpu/pixel_buffer.hpp"
#include "kernels/pixel/filter.hpp"

namespace reeld::kernels {

// Belongs to one thread and is used again for frame after frame, so that its memory stays.
class PlacedPicture {
 public:
  // The maps are from frame pixels to pixels of the full picture; `level` is one that the picture has. False
  // where the picture is shrunk by more than the filter can span (kMaxTaps). `picture` outlives the last
  // blend_row.
  bool place(const Picture& picture, int level, const AxisMap& across, const AxisMap& down, int frame_width,
             int frame_height, float opacity);

  // Lays the picture's part of frame row `y` over `row`.
  void blend_row(int y, real4* row);

 private:
  const real4* filtered_row(int source_y);

  const MipLevel* level_ = nullptr;
  float opacity_ = 1;
  AxisTaps columns_, rows_;
  int read_begin_ = 0, read_end_ = 0;  // the source columns that any window reads
  PixelBuffer source_row_;
  // Horizontally filtered source rows, source row s in slot s % rows_.tap_count: the window moves down with
  // the frame, so each is made once.
  PixelBuffer ring_;
  std::vector<int> ring_source_;  // the row that a slot holds, -1 for none
};

}  // namespace reeld::kernels
