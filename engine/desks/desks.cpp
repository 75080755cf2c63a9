#include "engine/desks/desks.hpp"

namespace reeld::engine {
namespace {

// A list whose parameters come inside those of another method.
Handler checked(const std::string& name, const Handler& list, const ParamsCheck& check) {
  return [name, list, check](const Json& params) -> Result<Json> {
    if (const auto fine = check(name, params); !fine) {
      return Error{fine.error().code, fine.error().message, "/params" + fine.error().path};
    }
    return list(params);
  };
}

}  // namespace

Result<void> Desks::start() {
  REELD_TRY(takes_.start());
  REELD_TRY(brands_.start());
  return products_.start();
}

Handlers Desks::handlers(const ParamsCheck& check) {
  Handlers all;
  const auto add = [&](auto& desk) { all.merge(desk.handlers()); };
  add(jobs_);
  add(media_);
  add(usage_);
  add(metrics_);
  add(takes_);
  add(projects_);
  add(scenes_);
  add(films_);
  add(groups_);
  add(users_);
  add(brands_);
  add(products_);
  add(edits_);
  Handlers lists;
  for (const auto& [name, handler] : all) {
    if (name == "list" || name.ends_with("_list")) lists[name] = checked(name, handler, check);
  }
  all.merge(housekeeping_.handlers(lists));
  return all;
}

}  // namespace reeld::engine
