// Projects and their scenes: made, looked at, changed, written by a script.
#pragma once

#include "engine/desks/desk.hpp"

namespace reeld::engine {

class ProjectDesk {
 public:
  explicit ProjectDesk(const DeskTools& tools) : tools_(tools) {}
  Handlers handlers();

 private:
  Result<Json> create(const Json& params);
  Result<Json> show(const Json& params);
  Result<Json> list(const Json& params);
  Result<Json> update(const Json& params);
  Result<Json> remove(const Json& params);
  Result<Json> script(const Json& params);

  const DeskTools& tools_;
};

}  // namespace reeld::engine
