#include "kernels/cpu/tile.hpp"

#include <algorithm>

#include "kernels/cpu/tile_highway.hpp"

namespace reeld::kernels {

void SampleRing::begin(const PlacedPicture& placed) {
  slots = (placed.rows.pair_count + kBlockPairs - 2) / kBlockPairs + 1;
  auto count = static_cast<std::size_t>(slots);
  block_in_slot.assign(count, -1);
  // A line more than the channels take: at a power of two the rows would share a few sets of the cache.
  pair_words =
      static_cast<std::size_t>(placed.level->channels) * kTileWidth + kVectorAlignment / sizeof(std::int32_t);
  std::size_t needed = count * kBlockPairs * pair_words;
  if (needed > capacity) {
    words = make_aligned<std::int32_t>(needed);
    capacity = needed;
    // Columns that a picture does not reach are never filtered, but they are weighed with 0.
    std::fill(words.get(), words.get() + needed, 0);
  }
}

const std::vector<CpuKernels>& cpu_kernels() {
  static const std::vector<CpuKernels> all = [] {
    std::vector<CpuKernels> found = highway_kernels();
    found.push_back(scalar_kernels());
    return found;
  }();
  return all;
}

}  // namespace reeld::kernels
