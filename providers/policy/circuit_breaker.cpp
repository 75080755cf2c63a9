#include "providers/policy/circuit_breaker.hpp"

namespace reeld::providers {

bool CircuitBreaker::allows(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (state_.available) return true;
  if (trying_ || now < *next_try_) return false;
  trying_ = true;
  return true;
}

void CircuitBreaker::succeeded(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  state_.available = true;
  state_.failures = 0;
  state_.last_success = now;
  state_.unavailable_since.reset();
  next_try_.reset();
  trying_ = false;
}

void CircuitBreaker::failed(Clock::time_point now, const Error& error, bool gone) {
  const std::lock_guard lock(mutex_);
  ++state_.failures;
  state_.last_failure = now;
  state_.last_error = error;
  trying_ = false;
  if (!gone && state_.available && state_.failures < kFailuresToOpen) return;
  if (state_.available) state_.unavailable_since = now;
  state_.available = false;
  next_try_ = now + kAvailabilityCache;
}

void CircuitBreaker::told_nothing() {
  const std::lock_guard lock(mutex_);
  trying_ = false;
}

CircuitBreaker::State CircuitBreaker::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

}  // namespace reeld::providers
