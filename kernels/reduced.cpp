#include "kernels/reduced.hpp"

#include <algorithm>

namespace reeld::kernels {
namespace {

// Code `x` of a row of Y.
int code_at(const std::uint8_t* row, int x, bool deep) {
  const auto at = static_cast<std::size_t>(x);
  return deep ? (row[2 * at] | row[2 * at + 1] << 8) >> 6 : row[at];
}

}  // namespace

void reduce_columns(const FramePlan& plan, const FrameView& frame, int x0, int x1) {
  const bool deep = plan.format == PixelFormat::p010;
  const auto columns = static_cast<std::size_t>(reduced_size(plan.width));
  for (int block_y = 0; block_y < reduced_size(plan.height); ++block_y) {
    std::uint16_t* sums = frame.reduced + static_cast<std::size_t>(block_y) * columns;
    for (int block_x = x0 / kReducedBlock; block_x < reduced_size(x1); ++block_x) {
      int sum = 0;
      for (int i = 0; i < kReducedBlock; ++i) {
        const int y = std::min(block_y * kReducedBlock + i, plan.height - 1);
        const std::uint8_t* row = frame.planes[0] + static_cast<std::size_t>(y) * frame.stride_bytes[0];
        for (int j = 0; j < kReducedBlock; ++j) {
          sum += code_at(row, std::min(block_x * kReducedBlock + j, plan.width - 1), deep);
        }
      }
      sums[block_x] = static_cast<std::uint16_t>(deep ? reduced_of_deep(sum) : sum);
    }
  }
}

}  // namespace reeld::kernels
