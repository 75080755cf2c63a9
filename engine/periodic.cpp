#include "engine/periodic.hpp"

#include <utility>

namespace reeld::engine {

Periodic::Periodic(std::chrono::nanoseconds first, std::chrono::nanoseconds between, Work work)
    : work_(std::move(work)), thread_([this, first, between] { run(first, between); }) {}

Periodic::~Periodic() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Periodic::run(std::chrono::nanoseconds wait, std::chrono::nanoseconds between) {
  std::unique_lock lock(mutex_);
  for (; !wake_.wait_for(lock, wait, [this] { return stop_.load(); }); wait = between) {
    lock.unlock();
    work_(stop_);
    lock.lock();
  }
}

}  // namespace reeld::engine
