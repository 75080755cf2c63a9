// Time as the policies see it: real in the daemon, made to pass by hand in tests.
#pragma once

#include <memory>

#include "providers/provider.hpp"

namespace reeld::providers {

class Waiting {
 public:
  virtual ~Waiting() = default;
  virtual Clock::time_point now() const = 0;
  // Returns at `time`, or as soon as `cancelled`.
  virtual void wait_until(Clock::time_point time, const Cancelled& cancelled) = 0;
  // From 0 up to 1, evenly.
  virtual double chance() = 0;
};

// The steady clock; looks at `cancelled` every 20 ms.
std::unique_ptr<Waiting> real_waiting();

}  // namespace reeld::providers
