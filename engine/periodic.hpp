// Does something again and again, on a thread of its own, until it is gone.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace reeld::engine {

class Periodic {
 public:
  // `stop` becomes true when it is to end; work that takes long looks at it.
  using Work = std::function<void(const std::atomic<bool>& stop)>;

  // For the first time after `first`, then each time `between` after it was done.
  Periodic(std::chrono::nanoseconds first, std::chrono::nanoseconds between, Work work);
  ~Periodic();  // waits for work that is being done
  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;

  bool stopping() const { return stop_; }

 private:
  void run(std::chrono::nanoseconds wait, std::chrono::nanoseconds between);

  const Work work_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace reeld::engine
