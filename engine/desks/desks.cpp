#include "engine/desks/desks.hpp"

namespace reeld::engine {

Result<void> Desks::start() {
  REELD_TRY(brands_.start());
  return products_.start();
}

Handlers Desks::handlers() {
  Handlers all;
  const auto add = [&](auto& desk) { all.merge(desk.handlers()); };
  add(jobs_);
  add(users_);
  add(brands_);
  add(products_);
  return all;
}

}  // namespace reeld::engine
