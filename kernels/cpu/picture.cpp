#include "kernels/cpu/picture.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "kernels/cpu/pack.hpp"
#include "kernels/cpu/tile.hpp"
#include "kernels/mip_level.hpp"

namespace reeld::kernels {
namespace {

// The low pass from level to level: taps symmetric about the new pixel's centre, or one phase's taps and
// their mirror image in the other. Fitted by least squares, over a 1/f spectrum and further reductions of 1.3
// to 2.2, so that Catmull-Rom on the new level comes nearest to the area-stretched Catmull-Rom on the old
// one: flat where that passes, small where the new level's images of it would pass. Longer ones gain less
// than a decibel, for what is missed then is what the level has no room for. Whole multiples of 1 /
// kWeightUnit, the sum exact.
constexpr int kWeightUnit = 16384;
constexpr int kHalfTaps = 14;
constexpr int kHalfWeights[kHalfTaps] = {-256, 299,  611,   -805, -1379, 2335, 7387,
                                         7387, 2335, -1379, -805, 611,   299,  -256};
// Three quarters: three new pixels over four old ones, centred at 2/3, 2 and 10/3 of them.
constexpr int kQuarterTaps = 12;
constexpr int kFirstWeights[kQuarterTaps] = {19,   -351,  1190, -1943, 1586, 12024,
                                             5662, -2450, 635,  206,   -365, 171};
constexpr int kMiddleWeights[kQuarterTaps] = {139,  -572,  916,  -578, -1318, 9605,
                                              9605, -1318, -578, 916,  -572,  139};

// Rows of a level made at once from an uploaded picture whose full size is not kept: few, for the last ones
// are made when the whole picture is there, and what they are made of is read from the cache; not fewer, for
// 20 rows of each band are packed for the next one again.
constexpr int kBandRows = 128;

enum class Reduction : std::uint8_t { half, three_quarters };

int reduced_side(int size, Reduction by) {
  return mip_size(size, by == Reduction::half ? 2 : 1);
}

// What the filter of new pixel `i` reads, before the picture's ends are thought of.
struct LevelWindow {
  int low = 0;  // the first old pixel
  int count = 0;
  const int* weights = nullptr;
  bool is_mirrored = false;

  int weight(int tap) const { return weights[is_mirrored ? count - 1 - tap : tap]; }
};

LevelWindow level_window(int i, Reduction by) {
  if (by == Reduction::half) {
    return {2 * i + 1 - kHalfTaps / 2, kHalfTaps, kHalfWeights};
  }
  const int group = i / 3 * 4;
  constexpr int kBefore = kQuarterTaps / 2 - 1;
  switch (i % 3) {
    case 0:
      return {group - kBefore, kQuarterTaps, kFirstWeights};
    case 1:
      return {group + 1 - kBefore, kQuarterTaps, kMiddleWeights};
    default:
      return {group + 2 - kBefore, kQuarterTaps, kFirstWeights, true};
  }
}

// The windows of reducing an axis, what lies beyond it folded onto its edges.
AxisWindows reducing_windows(int size, Reduction by) {
  AxisWindows windows;
  windows.end = reduced_side(size, by);
  windows.stride = level_window(0, by).count;
  for (int i = 0; i < windows.end; ++i) {
    const LevelWindow window = level_window(i, by);
    const int first = std::clamp(window.low, 0, size - 1);
    const int last = std::clamp(window.low + window.count - 1, 0, size - 1);
    std::vector<double> weights(static_cast<std::size_t>(window.count));
    for (int tap = 0; tap < window.count; ++tap) {
      weights[static_cast<std::size_t>(std::clamp(window.low + tap, first, last) - first)] +=
          window.weight(tap) / static_cast<double>(kWeightUnit);
    }
    windows.first.push_back(first);
    windows.count.push_back(last - first + 1);
    windows.weights.insert(windows.weights.end(), weights.begin(), weights.end());
    windows.coverage.push_back(1.0f);
  }
  return windows;
}

// How one level becomes another.
class LevelFilter {
 public:
  LevelFilter(int width, int height, int channels, Reduction by, const CpuKernels& kernels)
      : source_height_(height),
        width_(reduced_side(width, by)),
        height_(reduced_side(height, by)),
        channels_(channels),
        kernels_(kernels) {
    make_axis_taps(reducing_windows(width, by), width, width_, &placed_.columns);
    make_axis_taps(reducing_windows(height, by), height, height_, &placed_.rows);
  }

  // Rows first..last of the new level, from a source that holds what they read.
  void make_rows(const PackedLevel& source, int first, int last, PackedLevel* target) {
    placed_.level = &source;
    for (int x = 0; x < width_; x += kTileWidth) {
      ring_.begin(placed_);
      kernels_.resample_tile(placed_, ring_, x, first, last, target);
    }
  }

  int first_source_row(int row) const { return 2 * placed_.rows.first_pair[static_cast<std::size_t>(row)]; }
  int last_source_row(int row) const {
    return std::min(first_source_row(row) + 2 * placed_.rows.pair_count, source_height_);
  }
  PackedLevel make_target() const { return make_level(width_, height_, channels_, 0, height_); }

 private:
  int source_height_, width_, height_, channels_;
  const CpuKernels& kernels_;
  PlacedPicture placed_;
  SampleRing ring_;
};

PackedLevel reduce(const PackedLevel& source, Reduction by, const CpuKernels& kernels) {
  LevelFilter filter(source.width, source.height, source.channels, by, kernels);
  PackedLevel target = filter.make_target();
  filter.make_rows(source, 0, target.height, &target);
  return target;
}

// Level 1 or 2 without ever holding the whole of level 0.
Result<PackedLevel> reduce_view(const PictureView& view, int channels, Reduction by,
                                const CpuKernels& kernels) {
  LevelFilter filter(view.width, view.height, channels, by, kernels);
  PackedLevel target = filter.make_target();
  const auto first_row = [&](int row) {
    return filter.first_source_row(row) / PackedLevel::kBlockRows * PackedLevel::kBlockRows;
  };
  const auto last_row = [&](int row) {
    return filter.last_source_row(std::min(target.height, row + kBandRows) - 1);
  };
  int most_rows = 0;
  for (int row = 0; row < target.height; row += kBandRows) {
    most_rows = std::max(most_rows, last_row(row) - first_row(row));
  }
  PackedLevel band = make_level(view.width, view.height, channels, 0, most_rows);
  for (int row = 0; row < target.height; row += kBandRows) {
    REELD_ASSIGN(band, pack_rows(view, channels, first_row(row), last_row(row), std::move(band.samples)));
    filter.make_rows(band, row, std::min(target.height, row + kBandRows), &target);
  }
  return target;
}

}  // namespace

PackedLevel make_level(int width, int height, int channels, int first_row, int last_row,
                       AlignedArray<std::int16_t> memory) {
  PackedLevel level;
  level.width = width;
  level.height = height;
  level.channels = channels;
  level.first_row = first_row;
  std::size_t pair = PackedLevel::kPairSamples * static_cast<std::size_t>(channels);
  level.block_samples = static_cast<std::size_t>((width + 1) / 2) * pair;
  auto blocks = static_cast<std::size_t>((last_row - first_row + PackedLevel::kBlockRows - 1) /
                                         PackedLevel::kBlockRows);
  const std::size_t used = blocks * level.block_samples;
  if (memory.get_deleter().bytes < used * sizeof(std::int16_t)) {
    memory = nullptr;  // before the larger one is there
    memory = make_aligned<std::int16_t>(used);
  }
  level.samples = std::move(memory);
  // Rows that no picture fills are read too, with weight 0: the last block's.
  const std::size_t filled = used - (blocks > 0 ? level.block_samples : 0);
  std::memset(level.samples.get() + filled, 0, (used - filled) * sizeof(std::int16_t));
  return level;
}

std::size_t PackedLevel::bytes() const {
  auto blocks = static_cast<std::size_t>((height - first_row + kBlockRows - 1) / kBlockRows);
  return blocks * block_samples * sizeof(std::int16_t);
}

PictureShape shape_of(const Picture& picture) {
  return {picture.width, picture.height, picture.first_level, static_cast<int>(picture.levels.size())};
}

// An even level comes from the even one before, and three quarters of it lie between.
Result<Picture> make_picture(const PictureView& view, LevelRange range, const CpuKernels& kernels) {
  Picture picture{view.width, view.height, 0, {}};
  if (view.alpha != AlphaKind::opaque) {
    REELD_TRY(wait_for_rows(view, view.height));
  }
  const int channels = is_opaque(view) ? 3 : 4;
  const int smallest = smallest_mip_level(view.width, view.height);
  const int first = std::min(range.first, smallest);
  const int last = std::clamp(range.last, first, smallest);
  picture.first_level = first;
  std::optional<PackedLevel> even;
  if (first == 0) {
    REELD_ASSIGN(even, pack_rows(view, channels, 0, view.height));
  }
  for (int level = 0; level <= last; level += 2) {
    const auto reduced = [&](Reduction by) -> Result<PackedLevel> {
      if (even) {
        return reduce(*even, by, kernels);
      }
      return reduce_view(view, channels, by, kernels);
    };
    std::optional<PackedLevel> between, next;
    if (level + 1 >= first && level + 1 <= last) {
      REELD_ASSIGN(between, reduced(Reduction::three_quarters));
    }
    if (level + 2 <= last) {
      REELD_ASSIGN(next, reduced(Reduction::half));
    }
    if (level >= first) {
      picture.levels.push_back(*std::move(even));
    }
    if (between) {
      picture.levels.push_back(*std::move(between));
    }
    even = std::move(next);
  }
  REELD_TRY(wait_for_rows(view, view.height));  // what is told only then is that the file is in order
  return picture;
}

}  // namespace reeld::kernels
