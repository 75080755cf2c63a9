// The scenes of projects, one by one and their order.
#pragma once

#include "engine/desks/desk.hpp"

namespace reeld::engine {

class SceneDesk {
 public:
  explicit SceneDesk(const DeskTools& tools) : tools_(tools) {}
  Handlers handlers();

 private:
  Result<Json> add(const Json& params);
  Result<Json> update(const Json& params);
  Result<Json> remove(const Json& params);
  Result<Json> reorder(const Json& params);

  const DeskTools& tools_;
};

}  // namespace reeld::engine
