// Whether a model is worth asking now, decided from memory alone: after five failures running it is taken as
// unavailable, and one request every 30 s finds out whether it is back. Thread-safe.
#pragma once

#include <mutex>
#include <optional>

#include "providers/provider.hpp"

namespace reeld::providers {

inline constexpr int kFailuresToOpen = 5;
inline constexpr std::chrono::seconds kAvailabilityCache{30};

class CircuitBreaker {
 public:
  struct State {
    bool available = true;
    int failures = 0;  // running
    std::optional<Clock::time_point> last_success, last_failure, unavailable_since;
    std::optional<Error> last_error;
  };

  // True where a request may go out; where the model is unavailable, to one caller every 30 s.
  bool allows(Clock::time_point now);
  void succeeded(Clock::time_point now);
  // `gone`: the service itself says that there is no such model; one answer of that kind is enough.
  void failed(Clock::time_point now, const Error& error, bool gone);
  // A request that was allowed and told nothing of the model (it was cancelled, or refused for its prompt).
  void told_nothing();
  State state() const;

 private:
  mutable std::mutex mutex_;
  State state_;
  std::optional<Clock::time_point> next_try_;  // present where it is unavailable
  bool trying_ = false;
};

}  // namespace reeld::providers
