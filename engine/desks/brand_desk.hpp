// Styles of brands: extracted from pictures or given, and put upon requests.
#pragma once

#include "engine/brand/extraction.hpp"

namespace reeld::engine {

class BrandDesk {
 public:
  explicit BrandDesk(const DeskTools& tools) : tools_(tools) {}
  // Takes up what an earlier daemon left unfinished.
  Result<void> start() { return extraction_.resume(); }
  Handlers handlers();

 private:
  Result<Json> extract(const Json& params);
  Result<Json> create(const Json& params);
  Result<Json> show(const Json& params);
  Result<Json> list(const Json& params);
  Result<Json> update(const Json& params);
  Result<Json> remove(const Json& params);
  Result<Json> apply(const Json& params);
  Json json_of(const storage::BrandStyle& style) const;

  const DeskTools& tools_;
  BrandExtraction extraction_{tools_};
};

}  // namespace reeld::engine
