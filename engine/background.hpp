// Work that takes longer than an answer may: a few threads, and a queue of bounded length before them. Any
// thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.hpp"

namespace reeld::engine {

class Background {
 public:
  // Ends soon once `stop` is true, and leaves nothing half-made. Its errors are its own to keep.
  using Work = std::function<void(const std::atomic<bool>& stop)>;

  Background(int threads, std::size_t most_waiting);
  // Stops what is at work and waits for it; what waits is dropped.
  ~Background();

  Result<void> run(Work work);  // busy where most_waiting wait already

 private:
  void loop();

  const std::size_t most_waiting_;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Work> waiting_;
  std::vector<std::thread> threads_;
};

}  // namespace reeld::engine
