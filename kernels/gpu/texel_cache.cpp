#include "kernels/gpu/texel_cache.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "kernels/pixel/host.hpp"

namespace reeld::kernels {
namespace {

constexpr std::size_t kTexelBytes = 8;
constexpr std::size_t kChunkBytes = std::size_t{4} << 20;  // sent at once

std::size_t region_bytes(const TexelRegion& region) {
  auto rows = static_cast<std::size_t>(region.end_row - region.first_row);
  auto columns = static_cast<std::size_t>(region.end_column - region.first_column);
  return rows * columns * kTexelBytes;
}

TexelRegion whole(const PackedLevel& level, int number) {
  return {number, 0, level.height, 0, (level.width + 1) / 2 * 2};
}

// Rows first..last of the region as the kernel reads them.
void unpack_rows(const PackedLevel& level, const TexelRegion& region, int first, int last,
                 std::vector<std::uint16_t>* out) {
  auto columns = static_cast<std::size_t>(region.end_column - region.first_column);
  out->assign(static_cast<std::size_t>(last - first) * columns * 4, host::kWhiteSample);
  for (int y = first; y < last; ++y) {
    std::uint16_t* row = out->data() + static_cast<std::size_t>(y - first) * columns * 4;
    for (int pair = region.first_column / 2; pair < region.end_column / 2; ++pair) {
      const std::int16_t* samples = level.samples.get() + level.place(y, pair);
      std::uint16_t* texel = row + static_cast<std::size_t>(2 * pair - region.first_column) * 4;
      for (int c = 0; c < level.channels; ++c) {
        texel[c] = static_cast<std::uint16_t>(samples[0]);
        texel[c + 4] = static_cast<std::uint16_t>(samples[1]);
        samples += PackedLevel::kPairSamples;
      }
    }
  }
}

}  // namespace

TexelCache::TexelCache(GpuBackend& backend, std::size_t budget_bytes)
    : backend_(backend), budget_(budget_bytes) {}

TexelCache::~TexelCache() {
  for (const Block& block : blocks_) {
    backend_.free(block.texels.address);
  }
}

// A quarter, so that the two layers of a frame and what comes next have room beside each other.
bool TexelCache::keeps_whole(const PackedLevel& level) const {
  return region_bytes(whole(level, 0)) <= budget_ / 4;
}

std::size_t TexelCache::bytes_held(const PackedLevel& level, const TexelRegion& region) const {
  return region_bytes(keeps_whole(level) ? whole(level, region.level) : region);
}

Result<TexelCache::Hold> TexelCache::hold(PictureId id, const PackedLevel& level, const TexelRegion& region) {
  Block wanted{id, region.level, keeps_whole(level), false, false, 1, 0, {}};
  const TexelRegion sent = wanted.is_whole ? whole(level, region.level) : region;
  wanted.bytes = region_bytes(sent);
  wanted.texels.row_texels = sent.end_column - sent.first_column;
  wanted.texels.origin_x = sent.first_column;
  wanted.texels.origin_y = sent.first_row;
  std::unique_lock lock(mutex_);
  if (wanted.is_whole) {
    auto found = std::find_if(blocks_.begin(), blocks_.end(), [&](const Block& block) {
      return block.is_whole && block.id == id && block.level == region.level && !block.is_forgotten;
    });
    if (found != blocks_.end()) {
      ++found->holds;
      blocks_.splice(blocks_.begin(), blocks_, found);
      changed_.wait(lock, [&] { return found->is_ready || found->is_forgotten; });
      Hold held(this, found);
      if (!found->is_ready) {
        lock.unlock();  // the hold takes it
        return Error{Code::device_lost, "a picture could not be copied to the GPU"};
      }
      return held;
    }
  }
  REELD_ASSIGN(const Blocks::iterator block, make_room(lock, wanted));
  lock.unlock();
  Hold held(this, block);
  const Result<void> filled = fill(level, sent, block->texels);
  lock.lock();
  block->is_ready = static_cast<bool>(filled);
  block->is_forgotten = !filled || !block->is_whole;
  changed_.notify_all();
  lock.unlock();
  REELD_TRY(filled);
  return held;
}

Result<TexelCache::Blocks::iterator> TexelCache::make_room(std::unique_lock<std::mutex>& lock, Block block) {
  if (block.bytes > budget_) {
    return Error{Code::limit_exceeded,
                 "a picture's part for one frame is larger than the GPU's memory for pictures"};
  }
  while (used_ + block.bytes > budget_) {
    if (!evict_one()) {
      changed_.wait(lock);
    }
  }
  Result<DeviceAddress> address = backend_.allocate(block.bytes);
  while (!address && evict_one()) {
    address = backend_.allocate(block.bytes);
  }
  if (!address) {
    return address.error();
  }
  block.texels.address = *address;
  used_ += block.bytes;
  blocks_.push_front(block);
  return blocks_.begin();
}

Result<void> TexelCache::fill(const PackedLevel& level, const TexelRegion& region,
                              const ResidentTexels& texels) {
  const std::size_t row_bytes = static_cast<std::size_t>(texels.row_texels) * kTexelBytes;
  const int rows = static_cast<int>(std::max<std::size_t>(1, kChunkBytes / row_bytes));
  std::vector<std::uint16_t> chunk;
  for (int y = region.first_row; y < region.end_row; y += rows) {
    const int last = std::min(region.end_row, y + rows);
    unpack_rows(level, region, y, last, &chunk);
    REELD_TRY(backend_.upload(texels.address + static_cast<std::size_t>(y - region.first_row) * row_bytes,
                              chunk.data(), chunk.size() * sizeof(std::uint16_t)));
  }
  return {};
}

bool TexelCache::evict_one() {
  for (auto block = blocks_.end(); block != blocks_.begin();) {
    --block;
    if (block->holds == 0) {
      remove(block);
      return true;
    }
  }
  return false;
}

void TexelCache::remove(Blocks::iterator block) {
  backend_.free(block->texels.address);
  used_ -= block->bytes;
  blocks_.erase(block);
}

void TexelCache::let_go(Blocks::iterator block) {
  const std::lock_guard lock(mutex_);
  if (--block->holds == 0 && block->is_forgotten) {
    remove(block);
  }
  changed_.notify_all();
}

void TexelCache::forget(PictureId id) {
  const std::lock_guard lock(mutex_);
  for (auto block = blocks_.begin(); block != blocks_.end();) {
    const auto next = std::next(block);
    if (block->id == id) {
      block->is_forgotten = true;
      if (block->holds == 0) {
        remove(block);
      }
    }
    block = next;
  }
  changed_.notify_all();
}

}  // namespace reeld::kernels
