// A layer or an overlay as rows of frame pixels: resampled horizontally, then vertically, each source row
// once.
#pragma once

#include <vector>

#include "kernels/cpu/picture.hpp"
#include "kernels/frame_plan.hpp"
#include "kernels/pixel/filter.hpp"
#include "kernels/pixel/transition.hpp"

namespace reeld::kernels {

// Frame pixel (column + i, y) has its centre at source position begin + (i + 0.5) * step, in pixels of the
// level.
struct Placement {
  const MipLevel* level = nullptr;
  double begin_x = 0, begin_y = 0, step_x = 1, step_y = 1;
  double extent_x = 0, extent_y = 0;  // of the picture, in pixels of the level
};

// Reused from frame to frame: its buffers grow to what a frame needs and stay.
class Sampler {
 public:
  // For frame columns [column, column + columns) and rows [row, row + rows).
  void place(const Placement& placement, int column, int columns, int row, int rows);

  int column() const { return column_; }
  int columns() const { return columns_; }
  bool has_row(int y) const { return y >= row_ && y < row_ + rows_; }

  // The pixels of frame row y, premultiplied, times their coverage. Rows are asked for in rising order; valid
  // until the next.
  const Pixel4* sample_row(int y);

 private:
  const Pixel4* horizontal(int source_row);

  Placement placement_;
  int column_ = 0, columns_ = 0, row_ = 0, rows_ = 0;
  AxisTaps x_, y_;
  int begin_ = 0, end_ = 0;  // source columns that any pixel reads
  std::vector<Pixel4> source_, ring_, out_;
  std::vector<int> held_;  // which source row each ring slot holds
};

// Where a layer's picture lies in the frame during a transition. The level must be there.
Placement place_layer(const CpuPicture& picture, const Layer& layer, int width, int height, Shift shift);
Placement place_overlay(const CpuPicture& picture, const Overlay& overlay, int column, int row, double dx,
                        double dy);

}  // namespace reeld::kernels
