#include "kernels/cpu/picture.hpp"

#include <algorithm>
#include <cstring>

#include "kernels/cpu/pack.hpp"
#include "kernels/cpu/tile.hpp"

namespace reeld::kernels {
namespace {

// One half of the low pass from level to level, symmetric about the new pixel's centre: the weights at
// distances 0.5, 1.5 .. 4.5. Fitted by least squares, over a 1/f spectrum and further reductions of 1.5 to 3,
// so that Catmull-Rom on the new level comes nearest to the area-stretched Catmull-Rom on the old one: flat
// where that passes, small where the new level's images of it would pass. Whole multiples of 1/8192, so that
// the sum, (3727 + 1051 - 637 - 236 + 191) / 8192 = 1/2, is exact.
constexpr int kHalfTaps = 5;
constexpr double kHalfKernel[kHalfTaps] = {3727 / 8192.0, 1051 / 8192.0, -637 / 8192.0, -236 / 8192.0,
                                           191 / 8192.0};

// Rows of a halved level made at once from an uploaded picture whose full size is not kept.
constexpr int kBandRows = 256;

int half_size(int size) {
  return std::max(1, (size + 1) / 2);
}

// The windows of halving an axis, what lies beyond it folded onto its edges.
AxisWindows halving_windows(int size) {
  AxisWindows windows;
  windows.end = half_size(size);
  windows.stride = 2 * kHalfTaps;
  for (int i = 0; i < windows.end; ++i) {
    int low = 2 * i + 1 - kHalfTaps;
    int first = std::clamp(low, 0, size - 1);
    int last = std::clamp(low + 2 * kHalfTaps - 1, 0, size - 1);
    double weights[2 * kHalfTaps] = {};
    for (int tap = 0; tap < 2 * kHalfTaps; ++tap) {
      int distance = tap < kHalfTaps ? kHalfTaps - 1 - tap : tap - kHalfTaps;
      weights[std::clamp(low + tap, first, last) - first] += kHalfKernel[distance];
    }
    windows.first.push_back(first);
    windows.count.push_back(last - first + 1);
    windows.weights.insert(windows.weights.end(), weights, weights + 2 * kHalfTaps);
    windows.coverage.push_back(1.0f);
  }
  return windows;
}

// How one level becomes the next.
class Halving {
 public:
  Halving(int width, int height, int channels, const CpuKernels& kernels)
      : width_(half_size(width)), height_(half_size(height)), channels_(channels), kernels_(kernels) {
    make_column_taps(halving_windows(width), width_, &placed_.columns);
    make_row_taps(halving_windows(height), height, &placed_.rows);
  }

  // Rows first..last of the new level, from a source that holds what they read.
  void make_rows(const PackedLevel& source, int first, int last, PackedLevel* target) {
    placed_.level = &source;
    for (int x = 0; x < width_; x += kTileWidth) {
      ring_.begin(placed_);
      kernels_.resample_tile(placed_, ring_, x, first, last, target);
    }
  }

  int first_source_row(int row) const { return placed_.rows.first[static_cast<std::size_t>(row)]; }
  int last_source_row(int row) const { return first_source_row(row) + placed_.rows.tap_count; }
  PackedLevel make_target() const { return make_level(width_, height_, channels_, 0, height_); }

 private:
  int width_, height_, channels_;
  const CpuKernels& kernels_;
  PlacedPicture placed_;
  SampleRing ring_;
};

PackedLevel halve(const PackedLevel& source, const CpuKernels& kernels) {
  Halving halving(source.width, source.height, source.channels, kernels);
  PackedLevel target = halving.make_target();
  halving.make_rows(source, 0, target.height, &target);
  return target;
}

// Level 1 without ever holding the whole of level 0.
PackedLevel halve_view(const PictureView& view, int channels, const CpuKernels& kernels) {
  Halving halving(view.width, view.height, channels, kernels);
  PackedLevel target = halving.make_target();
  for (int row = 0; row < target.height; row += kBandRows) {
    int end = std::min(target.height, row + kBandRows);
    int first = halving.first_source_row(row) / PackedLevel::kBlockRows * PackedLevel::kBlockRows;
    PackedLevel band = pack_rows(view, channels, first, halving.last_source_row(end - 1));
    halving.make_rows(band, row, end, &target);
  }
  return target;
}

}  // namespace

PackedLevel make_level(int width, int height, int channels, int first_row, int last_row) {
  PackedLevel level;
  level.width = width;
  level.height = height;
  level.channels = channels;
  level.first_row = first_row;
  std::size_t pair = PackedLevel::kPairSamples * static_cast<std::size_t>(channels);
  level.block_samples = static_cast<std::size_t>((width + 1) / 2) * pair;
  auto blocks = static_cast<std::size_t>((last_row - first_row + PackedLevel::kBlockRows - 1) /
                                         PackedLevel::kBlockRows);
  std::size_t used = blocks * level.block_samples;
  // A window of kMaxTaps that begins at the last pair.
  std::size_t beyond = (kMaxTaps / 2 + 1) * pair;
  level.samples = make_aligned<std::int16_t>(used + beyond);
  // Rows and columns that no picture fills are read too, with weight 0: the last block and what follows it.
  std::size_t filled = used - (blocks > 0 ? level.block_samples : 0);
  std::memset(level.samples.get() + filled, 0, (used + beyond - filled) * sizeof(std::int16_t));
  return level;
}

std::size_t PackedLevel::bytes() const {
  auto blocks = static_cast<std::size_t>((height - first_row + kBlockRows - 1) / kBlockRows);
  return blocks * block_samples * sizeof(std::int16_t);
}

PictureShape shape_of(const Picture& picture) {
  return {picture.width, picture.height, picture.first_level, static_cast<int>(picture.levels.size())};
}

Picture make_picture(const PictureView& view, LevelRange range, const CpuKernels& kernels) {
  Picture picture{view.width, view.height, 0, {}};
  int channels = is_opaque(view) ? 3 : 4;
  int smallest = 0;
  for (int size = std::max(view.width, view.height); size > 1; size = half_size(size)) {
    ++smallest;
  }
  int first = std::min(range.first, smallest);
  int last = std::clamp(range.last, first, smallest);
  PackedLevel level =
      first == 0 ? pack_rows(view, channels, 0, view.height) : halve_view(view, channels, kernels);
  picture.first_level = first;
  for (int depth = first == 0 ? 0 : 1; depth <= last; ++depth) {
    PackedLevel next;
    if (depth < last) {
      next = halve(level, kernels);
    }
    if (depth >= first) {
      picture.levels.push_back(std::move(level));
    }
    level = std::move(next);
  }
  return picture;
}

}  // namespace reeld::kernels
