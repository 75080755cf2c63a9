// Pictures on a GPU within a budget: levels stay until others need the room, the least recently used go
// first. Their host copies stay, so that they can come back. Of a level too large for the budget only what a
// launch reads is sent, and goes when the launch is over.
#pragma once

#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>

#include "kernels/cpu/picture.hpp"
#include "kernels/gpu/backend.hpp"
#include "kernels/gpu/frame_packet.hpp"

namespace reeld::kernels {

class TexelCache {
 public:
  // Outlived by `backend`.
  TexelCache(GpuBackend& backend, std::size_t budget_bytes);
  ~TexelCache();
  TexelCache(const TexelCache&) = delete;
  TexelCache& operator=(const TexelCache&) = delete;

  // A place that texels keep while this lives.
  class Hold;

  // The region of a picture's level, on the device until the hold goes. Waits while others hold all the room,
  // so who takes several must be the only one to take any, and want no more than the budget in all. Errors:
  // limit_exceeded, device_lost.
  Result<Hold> hold(PictureId id, const PackedLevel& level, const TexelRegion& region);
  // Frees what nobody holds of the picture, and the rest when its hold goes.
  void forget(PictureId id);

  // Whether the whole level is kept, whatever of it is asked for.
  bool keeps_whole(const PackedLevel& level) const;
  // The room that a hold takes.
  std::size_t bytes_held(const PackedLevel& level, const TexelRegion& region) const;
  std::size_t budget() const { return budget_; }

 private:
  struct Block {
    PictureId id = 0;
    int level = 0;
    bool is_whole = true;  // else a region for one launch
    bool is_ready = false;
    bool is_forgotten = false;
    int holds = 0;
    std::size_t bytes = 0;
    ResidentTexels texels;
  };
  using Blocks = std::list<Block>;  // most recently used first

  Result<Blocks::iterator> make_room(std::unique_lock<std::mutex>& lock, Block block);
  Result<void> fill(const PackedLevel& level, const TexelRegion& region, const ResidentTexels& texels);
  bool evict_one();
  void remove(Blocks::iterator block);
  void let_go(Blocks::iterator block);

  GpuBackend& backend_;
  const std::size_t budget_;
  std::mutex mutex_;  // guards the rest
  std::condition_variable changed_;
  std::size_t used_ = 0;
  Blocks blocks_;
};

class TexelCache::Hold {
 public:
  Hold() = default;
  Hold(Hold&& other) noexcept : cache_(std::exchange(other.cache_, nullptr)), block_(other.block_) {}
  Hold& operator=(Hold&& other) noexcept {
    std::swap(cache_, other.cache_);
    std::swap(block_, other.block_);
    return *this;
  }
  ~Hold() {
    if (cache_ != nullptr) {
      cache_->let_go(block_);
    }
  }
  const ResidentTexels& texels() const { return block_->texels; }

 private:
  friend class TexelCache;
  Hold(TexelCache* cache, Blocks::iterator block) : cache_(cache), block_(block) {}
  TexelCache* cache_ = nullptr;
  Blocks::iterator block_;
};

}  // namespace reeld::kernels
