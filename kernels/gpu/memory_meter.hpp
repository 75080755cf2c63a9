// How much of a device's memory a backend has taken. A share is owned by whatever owns the memory itself.
#pragma once

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <utility>

namespace reeld::kernels {

// Any thread. Outlives its shares.
class MemoryMeter {
 public:
  // Bytes that are counted as long as it lives.
  class Share {
   public:
    Share() = default;
    Share(Share&& other) noexcept
        : meter_(std::exchange(other.meter_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    Share& operator=(Share&& other) noexcept {
      std::swap(meter_, other.meter_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Share() {
      if (meter_ != nullptr) {
        meter_->give_back(bytes_);
      }
    }

   private:
    friend class MemoryMeter;
    Share(MemoryMeter* meter, std::size_t bytes) : meter_(meter), bytes_(bytes) {}
    MemoryMeter* meter_ = nullptr;
    std::size_t bytes_ = 0;
  };

  Share take(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    bytes_ += bytes;
    peak_bytes_ = std::max(peak_bytes_, bytes_);
    return {this, bytes};
  }

  std::size_t bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
  }
  // The most at one time since the last reset_peak, which begins with what is taken then.
  std::size_t peak_bytes() const {
    const std::lock_guard lock(mutex_);
    return peak_bytes_;
  }
  void reset_peak() {
    const std::lock_guard lock(mutex_);
    peak_bytes_ = bytes_;
  }

 private:
  void give_back(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    bytes_ -= bytes;
  }

  mutable std::mutex mutex_;
  std::size_t bytes_ = 0, peak_bytes_ = 0;
};

}  // namespace reeld::kernels
