// Memory for vector loads: aligned to 64 bytes, not initialised, owned. Large arrays ask for large pages: a picture of
// tens of megabytes costs thousands of page faults and more address translations than a processor remembers without.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <memory>
#include <new>

namespace reeld::kernels {

inline constexpr std::size_t kVectorAlignment = 64;
inline constexpr std::size_t kLargePage = std::size_t{2} << 20;

inline std::align_val_t alignment_for(std::size_t bytes) {
  return std::align_val_t(bytes >= 4 * kLargePage ? kLargePage : kVectorAlignment);
}

template <class T>
struct AlignedDelete {
  std::align_val_t alignment = std::align_val_t(kVectorAlignment);
  void operator()(T* memory) const { ::operator delete[](static_cast<void*>(memory), alignment); }
};

template <class T>
using AlignedArray = std::unique_ptr<T[], AlignedDelete<T>>;

// Throws std::bad_alloc. T is a plain number.
template <class T>
AlignedArray<T> make_aligned(std::size_t count) {
  const std::size_t bytes = count * sizeof(T);
  const std::align_val_t alignment = alignment_for(bytes);
  void* memory = ::operator new[](bytes, alignment);
  if (alignment == std::align_val_t(kLargePage)) {
    // A wish: where the system does not grant it, the pages are small.
    (void)madvise(memory, bytes / kLargePage * kLargePage, MADV_HUGEPAGE);
  }
  return AlignedArray<T>(static_cast<T*>(memory), AlignedDelete<T>{alignment});
}

}  // namespace reeld::kernels
