// A frame on the CPU is made in tiles: 64 columns over its whole height, so that the horizontally filtered
// rows that a column still needs stay in the first-level cache. What a tile needs is worked out once a frame,
// in plain numbers; the tile itself is compiled once for each instruction set (tile_highway.cpp) and once
// without (tile_scalar.cpp).
#pragma once

#include <string_view>
#include <vector>

#include "kernels/cpu/picture.hpp"
#include "kernels/frame_plan.hpp"
#include "kernels/statistics.hpp"
#include "kernels/taps.hpp"
#include "kernels/transition.hpp"

namespace reeld::kernels {

inline constexpr int kTileWidth = AxisTaps::kGroup;

// A picture placed in the frame: layers and overlays are the same thing at this point.
struct PlacedPicture {
  const PackedLevel* level = nullptr;
  AxisTaps columns, rows;
  float opacity = 1;
  bool fills = false;  // opaque, and over the whole frame: what lies below never shows

  bool reaches(int x0) const { return columns.begin < x0 + kTileWidth && columns.end > x0; }
};

// Horizontally filtered source rows of one tile, blocks of PackedLevel::kBlockRows in slots: the window moves
// down with the frame, so each block is made once. Two rows lie in one, the upper one's value in the lower
// half of each word, as sums of pairs down the columns want them.
struct SampleRing {
  static constexpr int kBlockPairs = PackedLevel::kBlockRows / 2;

  int slots = 0;
  std::size_t pair_words = 0;      // from one pair of rows to the next; in it the channels one after another
  std::vector<int> block_in_slot;  // -1 for none
  AlignedArray<std::int32_t> words;
  std::size_t capacity = 0;

  // For a new tile of `placed`. Grows, never shrinks.
  void begin(const PlacedPicture& placed);
  const std::int32_t* end() const {
    return words.get() + static_cast<std::size_t>(slots) * kBlockPairs * pair_words;
  }
  // Of source rows 2 * pair and 2 * pair + 1.
  std::int32_t* row_pair(int pair) {
    int slot = pair / kBlockPairs % slots;
    return words.get() + static_cast<std::size_t>(slot * kBlockPairs + pair % kBlockPairs) * pair_words;
  }
};

// One frame, settled but for its pixels. Belongs to one thread and is used again, so that its memory stays.
struct FrameJob {
  const FramePlan* plan = nullptr;
  PreparedTransition transition;
  bool mixes = false;  // two layers
  PlacedPicture layers[kMaxLayers];
  PlacedPicture overlays[kMaxOverlays];
  FrameView out;
};

struct TileScratch {
  SampleRing layers[kMaxLayers];
  SampleRing overlays[kMaxOverlays];
  // [height / 2][2]: two rows' differences, blue and red, in the last column of the tile before
  std::vector<float> edges;
};

// The work of one instruction set.
struct CpuKernels {
  std::string_view name;
  // Writes the tile's columns of all planes. Tiles of a frame come from left to right.
  void (*render_tile)(const FrameJob& job, TileScratch& scratch, int x0);
  // Resamples rows first..last of `placed` for columns x0..x0 + kTileWidth into `target`.
  void (*resample_tile)(const PlacedPicture& placed, SampleRing& ring, int x0, int first, int last,
                        PackedLevel* target);
  // Adds what rows first..end of a picture measure (kernels/statistics.hpp); both are multiples of 8, or its
  // height. Also counts to columns and blocks.
  void (*measure_rows)(const PictureView& picture, int first, int end, PictureStatistics* sums);
};

// What this processor can run, best first; "scalar" is always there and last. All give the same bits.
const std::vector<CpuKernels>& cpu_kernels();

CpuKernels scalar_kernels();

}  // namespace reeld::kernels
