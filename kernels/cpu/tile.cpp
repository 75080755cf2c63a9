#include "kernels/cpu/tile.hpp"

#include <algorithm>

#include "kernels/cpu/tile_highway.hpp"

namespace reeld::kernels {

void SampleRing::begin(const PlacedPicture& placed) {
  slots = (placed.rows.tap_count + PackedLevel::kBlockRows - 2) / PackedLevel::kBlockRows + 1;
  auto count = static_cast<std::size_t>(slots);
  block_in_slot.assign(count, -1);
  // A line more than the channels take: at a power of two the rows would share a few sets of the cache.
  row_floats =
      static_cast<std::size_t>(placed.level->channels) * kTileWidth + kVectorAlignment / sizeof(float);
  std::size_t needed = count * PackedLevel::kBlockRows * row_floats;
  if (needed > capacity) {
    floats = make_aligned<float>(needed);
    capacity = needed;
    // Columns that a picture does not reach are never filtered, but they are weighed with 0.
    std::fill(floats.get(), floats.get() + needed, 0.0f);
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
