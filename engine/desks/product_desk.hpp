// Pictures of products, kept to be named in requests.
#pragma once

#include "engine/brand/intake.hpp"

namespace reeld::engine {

class ProductDesk {
 public:
  explicit ProductDesk(const DeskTools& tools) : tools_(tools) {}
  // Takes up what an earlier daemon left unfinished.
  Result<void> start() { return intake_.resume(); }
  Handlers handlers();

 private:
  Result<Json> add(const Json& params);
  Result<Json> show(const Json& params);
  Result<Json> list(const Json& params);
  Result<Json> update(const Json& params);
  Result<Json> remove(const Json& params);
  Json json_of(const storage::ProductImage& image) const;

  const DeskTools& tools_;
  ProductIntake intake_{tools_};
};

}  // namespace reeld::engine
