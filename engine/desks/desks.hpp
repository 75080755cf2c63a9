// All desks, as one.
#pragma once

#include "engine/desks/brand_desk.hpp"
#include "engine/desks/job_desk.hpp"
#include "engine/desks/product_desk.hpp"
#include "engine/desks/user_desk.hpp"

namespace reeld::engine {

class Desks {
 public:
  explicit Desks(const DeskTools& tools) : tools_(tools) {}
  // Takes up what an earlier daemon left unfinished.
  Result<void> start();
  Handlers handlers();

 private:
  const DeskTools tools_;
  JobDesk jobs_{tools_};
  UserDesk users_{tools_};
  BrandDesk brands_{tools_};
  ProductDesk products_{tools_};
};

}  // namespace reeld::engine
