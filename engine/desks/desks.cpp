#include "engine/desks/desks.hpp"

namespace reeld::engine {

Handlers Desks::handlers() {
  Handlers all;
  const auto add = [&](auto& desk) { all.merge(desk.handlers()); };
  add(jobs_);
  add(edits_);
  return all;
}

}  // namespace reeld::engine
