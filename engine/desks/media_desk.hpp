// What files there are: assets and finished films.
#pragma once

#include "engine/desks/desk.hpp"

namespace reeld::engine {

class MediaDesk {
 public:
  explicit MediaDesk(const DeskTools& tools) : tools_(tools) {}
  Handlers handlers();

 private:
  Result<Json> assets(const Json& params);
  Result<Json> asset(const Json& params);
  Result<Json> videos(const Json& params);

  const DeskTools& tools_;
};

}  // namespace reeld::engine
