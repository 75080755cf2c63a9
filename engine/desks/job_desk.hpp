// Jobs: handing them in, looking at them, stopping them and taking them up again.
#pragma once

#include "engine/desks/desk.hpp"

namespace reeld::engine {

class JobDesk {
 public:
  explicit JobDesk(const DeskTools& tools) : tools_(tools) {}
  Handlers handlers();

 private:
  Result<Json> submit(const Json& params);
  Result<Json> list(const Json& params);
  Result<Json> show(const Json& params);
  Result<Json> watch(const Json& params);
  Result<Json> estimate(const Json& params);
  Json brief(const storage::Job& job) const;

  const DeskTools& tools_;
};

}  // namespace reeld::engine
