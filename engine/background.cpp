#include "engine/background.hpp"

#include <string>

namespace reeld::engine {

Background::Background(int threads, std::size_t most_waiting) : most_waiting_(most_waiting) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { loop(); });
}

Background::~Background() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

Result<void> Background::run(Work work) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= most_waiting_) {
    return Error{Code::busy, std::to_string(waiting_.size()) +
                                 " of this kind wait already; try again when some are done"};
  }
  waiting_.push_back(std::move(work));
  wake_.notify_one();
  return {};
}

void Background::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return stop_ || !waiting_.empty(); });
    if (stop_) return;
    const Work work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    work(stop_);
    lock.lock();
  }
}

}  // namespace reeld::engine
