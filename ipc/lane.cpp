#include "ipc/lane.hpp"

#include <utility>

namespace reeld::ipc {

Lane::Lane(int thread_count, std::size_t most_waiting, std::function<void(Request&)> answer)
    : most_waiting_(most_waiting), answer_(std::move(answer)) {
  for (int i = 0; i < thread_count; ++i) threads_.emplace_back([this] { work(); });
}

Lane::~Lane() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool Lane::offer(Request& request) {
  {
    const std::lock_guard lock(mutex_);
    const std::size_t size = request.message.size();
    if (waiting_.size() >= most_waiting_ || waiting_bytes_ + size > kMaxWaitingBytes) return false;
    waiting_bytes_ += size;
    waiting_.push_back(std::move(request));
  }
  wake_.notify_one();
  return true;
}

void Lane::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    Request request = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= request.message.size();
    lock.unlock();
    answer_(request);
    lock.lock();
  }
}

}  // namespace reeld::ipc
