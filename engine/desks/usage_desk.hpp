// What jobs took of the machine and of the purse: of one job over time, and of many in sums.
#pragma once

#include "engine/desks/desk.hpp"

namespace reeld::engine {

class UsageDesk {
 public:
  explicit UsageDesk(const DeskTools& tools) : tools_(tools) {}
  Handlers handlers();

 private:
  Result<Json> job(const Json& params);
  Result<Json> sum(const Json& params);

  const DeskTools& tools_;
};

}  // namespace reeld::engine
