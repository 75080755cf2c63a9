// Keeps the record of events from growing without end: what jobs that ended told on their way goes when it is
// old, or when there is too much of it. One thread of its own.
#pragma once

#include <cstdint>

#include "engine/periodic.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

struct EventLimits {
  int days = 30;
  std::int64_t count = 2'000'000;  // of all jobs together
};

class EventRotation {
 public:
  // Begins after a minute, and goes on every hour. The database outlives it.
  EventRotation(storage::Database& database, const EventLimits& limits);

 private:
  void rotate();

  storage::Database& database_;
  const EventLimits limits_;
  Periodic rounds_;
};

}  // namespace reeld::engine
