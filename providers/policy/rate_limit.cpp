#include "providers/policy/rate_limit.hpp"

#include <algorithm>
#include <cmath>

namespace reeld::providers {

RateLimit::RateLimit(double per_minute) {
  if (!(per_minute > 0)) return;
  count_ = static_cast<std::size_t>(std::max(1.0, std::floor(per_minute)));
  window_ = std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(60.0 / std::min(1.0, per_minute)));
}

Clock::time_point RateLimit::reserve(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  Clock::time_point start = std::max(now, paused_until_);
  if (count_ == 0) return start;
  if (starts_.size() >= count_) start = std::max(start, starts_[starts_.size() - count_] + window_);
  // Places are given in the order of asking.
  if (!starts_.empty()) start = std::max(start, starts_.back());
  starts_.push_back(start);
  while (starts_.size() > count_) starts_.pop_front();
  return start;
}

void RateLimit::give_back(Clock::time_point start) {
  const std::lock_guard lock(mutex_);
  const auto it = std::ranges::find(starts_, start);
  if (it != starts_.end()) starts_.erase(it);
}

void RateLimit::pause_until(Clock::time_point time) {
  const std::lock_guard lock(mutex_);
  paused_until_ = std::max(paused_until_, time);
}

}  // namespace reeld::providers
