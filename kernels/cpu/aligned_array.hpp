// Memory for vector loads: aligned to 64 bytes, not initialised, owned. Large arrays, which pictures are,
// begin at large pages and are kept for the next of their size: clearing fresh pages costs a third of what
// filling them does.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace reeld::kernels {

inline constexpr std::size_t kVectorAlignment = 64;

// Bytes at kVectorAlignment or better. Throws std::bad_alloc.
void* allocate_aligned(std::size_t bytes);
void free_aligned(void* memory, std::size_t bytes);
// Gives back to the system what was kept.
void free_kept_memory();

template <class T>
struct AlignedDelete {
  std::size_t bytes = 0;
  void operator()(T* memory) const { free_aligned(memory, bytes); }
};

template <class T>
using AlignedArray = std::unique_ptr<T[], AlignedDelete<T>>;

// Throws std::bad_alloc. T is a plain number.
template <class T>
AlignedArray<T> make_aligned(std::size_t count) {
  const std::size_t bytes = count * sizeof(T);
  return AlignedArray<T>(static_cast<T*>(allocate_aligned(bytes)), AlignedDelete<T>{bytes});
}

}  // namespace reeld::kernels
