// Memory for vector loads: aligned to 64 bytes, not initialised, owned.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace reeld::kernels {

inline constexpr std::size_t kVectorAlignment = 64;

template <class T>
struct AlignedDelete {
  void operator()(T* memory) const {
    ::operator delete[](static_cast<void*>(memory), std::align_val_t(kVectorAlignment));
  }
};

template <class T>
using AlignedArray = std::unique_ptr<T[], AlignedDelete<T>>;

// Throws std::bad_alloc. T is a plain number.
template <class T>
AlignedArray<T> make_aligned(std::size_t count) {
  return AlignedArray<T>(
      static_cast<T*>(::operator new[](count * sizeof(T), std::align_val_t(kVectorAlignment))));
}

}  // namespace reeld::kernels
