// Keeps the requests to one model below its limit, so that the service never has to refuse one. Thread-safe.
#pragma once

#include <deque>
#include <mutex>

#include "providers/provider.hpp"

namespace reeld::providers {

class RateLimit {
 public:
  // 0: no limit. Any span of a minute sees at most that many starts (below one a minute: one in 60 /
  // per_minute seconds).
  explicit RateLimit(double per_minute);

  // When the request may start, `now` or later; its place is taken.
  Clock::time_point reserve(Clock::time_point now);
  // A place taken and not used.
  void give_back(Clock::time_point start);
  // The service said that it will not answer before.
  void pause_until(Clock::time_point time);

 private:
  std::size_t count_ = 0;  // starts in a window; 0: no limit
  Clock::duration window_{};
  std::mutex mutex_;
  std::deque<Clock::time_point> starts_;  // the last count_ of them, in order
  Clock::time_point paused_until_{};
};

}  // namespace reeld::providers
