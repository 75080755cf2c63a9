// A picture as the CPU device keeps it: linear light, premultiplied, 15 bits a channel, as a chain of mip
// levels (kernels/mip_level.hpp). Beyond its ends a picture repeats its edge pixels.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/cpu/aligned_array.hpp"
#include "kernels/device.hpp"
#include "kernels/placement.hpp"

namespace reeld::kernels {

// One level's samples in the order in which the horizontal filter reads them: 16 rows at once, each with two
// neighbouring pixels, so that a vector multiply-add of pairs filters 16 rows without moving a lane:
//   [block of 16 rows][pair of columns][channel][row in the block][left, right]
// Samples are 0..kWhiteSample, since that instruction is signed. RGB, or RGBA where a pixel is not opaque.
struct PackedLevel {
  static constexpr int kBlockRows = 16;
  static constexpr std::size_t kPairSamples = 2 * kBlockRows;  // of one channel

  int width = 0, height = 0, channels = 0;
  int first_row = 0;  // of the level, where only a band of it is held; a multiple of kBlockRows
  std::size_t block_samples = 0;
  AlignedArray<std::int16_t> samples;

  const std::int16_t* block(int index) const {
    return samples.get() + static_cast<std::size_t>(index - first_row / kBlockRows) * block_samples;
  }
  // Where channel 0's left sample of that pair lies in row `y`; the next channel is kPairSamples further.
  std::size_t place(int y, int pair) const {
    int row = y - first_row;
    return static_cast<std::size_t>(row / kBlockRows) * block_samples +
           static_cast<std::size_t>(pair) * kPairSamples * static_cast<std::size_t>(channels) +
           static_cast<std::size_t>(row % kBlockRows) * 2;
  }
  int sample(int x, int y, int channel) const {
    return samples[place(y, x / 2) + kPairSamples * static_cast<std::size_t>(channel) +
                   static_cast<std::size_t>(x % 2)];
  }
  std::size_t bytes() const;
};

// Room for rows first_row..last_row of a level, and for what filters read of its last block and weigh with 0.
// In `memory`, where that has the room.
PackedLevel make_level(int width, int height, int channels, int first_row, int last_row,
                       AlignedArray<std::int16_t> memory = {});

// Immutable once made, so any number of threads may read it.
struct Picture {
  int width = 0, height = 0;  // of level 0, also where that is not kept
  int first_level = 0;        // levels[0] is this one
  std::vector<PackedLevel> levels;
};

PictureShape shape_of(const Picture& picture);

struct CpuKernels;

// `view` is valid. A first level beyond the 1x1 level counts as that one. The error is that of the view's
// rows, where they are still arriving: it returns when they all are there.
Result<Picture> make_picture(const PictureView& view, LevelRange levels, const CpuKernels& kernels);

}  // namespace reeld::kernels
