#include "kernels/cpu/aligned_array.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <mutex>
#include <vector>

namespace reeld::kernels {
namespace {

constexpr std::size_t kLargePage = std::size_t{2} << 20;
constexpr std::size_t kLargeArray = 2 * kLargePage;
// As many as a film lets go of at once: a decoded picture, the rows of it that were at work, and its samples.
constexpr std::size_t kMostKept = 3;

bool is_large(std::size_t bytes) {
  return bytes >= kLargeArray;
}

std::align_val_t alignment_for(std::size_t bytes) {
  return std::align_val_t(is_large(bytes) ? kLargePage : kVectorAlignment);
}

// Arrays that were let go, by the size they were asked for.
struct Kept {
  struct Block {
    void* memory;
    std::size_t bytes;
  };
  std::mutex mutex;
  std::vector<Block> blocks;
};

Kept& kept() {
  static Kept blocks;
  return blocks;
}

void give_back(void* memory, std::size_t bytes) {
  ::operator delete[](memory, alignment_for(bytes));
}

void* take_kept(std::size_t bytes) {
  Kept& all = kept();
  const std::lock_guard lock(all.mutex);
  const auto same =
      std::find_if(all.blocks.begin(), all.blocks.end(), [&](auto& b) { return b.bytes == bytes; });
  if (same == all.blocks.end()) {
    return nullptr;
  }
  void* memory = same->memory;
  all.blocks.erase(same);
  return memory;
}

}  // namespace

void* allocate_aligned(std::size_t bytes) {
  if (is_large(bytes)) {
    if (void* memory = take_kept(bytes)) {
      return memory;
    }
    free_kept_memory();  // of other sizes: what is needed next will be of this one
  }
  void* memory = ::operator new[](bytes, alignment_for(bytes));
  if (is_large(bytes)) {
    // A wish: where the system does not grant it, the pages are small.
    (void)madvise(memory, bytes / kLargePage * kLargePage, MADV_HUGEPAGE);
  }
  return memory;
}

void free_aligned(void* memory, std::size_t bytes) {
  if (is_large(bytes)) {
    Kept& all = kept();
    const std::lock_guard lock(all.mutex);
    if (all.blocks.size() < kMostKept) {
      all.blocks.push_back({memory, bytes});
      return;
    }
  }
  give_back(memory, bytes);
}

void free_kept_memory() {
  Kept& all = kept();
  const std::lock_guard lock(all.mutex);
  for (const Kept::Block& block : all.blocks) {
    give_back(block.memory, block.bytes);
  }
  all.blocks.clear();
}

}  // namespace reeld::kernels
