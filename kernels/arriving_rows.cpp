#include "kernels/arriving_rows.hpp"

#include <utility>

namespace reeld::kernels {

void ArrivingRows::have(int count) {
  {
    const std::lock_guard lock(mutex_);
    count_ = count;
  }
  changed_.notify_all();
}

void ArrivingRows::fail(Error error) {
  {
    const std::lock_guard lock(mutex_);
    error_ = std::move(error);
  }
  changed_.notify_all();
}

Result<void> ArrivingRows::wait_for(int count) const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return error_ || count_ >= count; });
  return error_ ? Result<void>(*error_) : Result<void>();
}

}  // namespace reeld::kernels
