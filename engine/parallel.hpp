// A handful of like pieces of work, done by a few threads at once. Used by workers.
#pragma once

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.hpp"

namespace reeld::engine {

// Calls work(0) .. work(count - 1), in any order, by at most `threads` at a time, and waits for them all. The
// first error ends it: what has not begun by then is left out.
template <class Work>
Result<void> in_parallel(int count, int threads, const Work& work) {
  std::atomic<int> next = 0;
  std::atomic<bool> failed = false;
  std::mutex mutex;
  std::optional<Error> error;
  const auto lane = [&] {
    for (int i; !failed && (i = next++) < count;) {
      const Result<void> done = work(i);
      if (done) continue;
      const std::lock_guard lock(mutex);
      if (!error) error = done.error();
      failed = true;
    }
  };
  std::vector<std::jthread> lanes;
  for (int i = 1; i < std::min(count, threads); ++i) lanes.emplace_back(lane);
  lane();
  lanes.clear();
  return error ? Result<void>(*error) : Result<void>();
}

}  // namespace reeld::engine
