// All desks, as one.
#pragma once

#include "engine/desks/job_desk.hpp"
#include "engine/desks/take_desk.hpp"

namespace reeld::engine {

class Desks {
 public:
  explicit Desks(const DeskTools& tools) : tools_(tools) {}
  Handlers handlers();
  // Takes up what an earlier daemon left.
  Result<void> start() { return takes_.start(); }

 private:
  const DeskTools tools_;
  JobDesk jobs_{tools_};
  TakeDesk takes_{tools_};
};

}  // namespace reeld::engine
