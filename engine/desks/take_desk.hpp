// Takes: the tries at the pictures and speeches of projects.
#pragma once

#include "engine/desks/desk.hpp"
#include "engine/takes/take_maker.hpp"
#include "engine/takes/take_wishes.hpp"

namespace reeld::engine {

class TakeDesk {
 public:
  explicit TakeDesk(const DeskTools& tools);
  Handlers handlers();
  Result<void> start() { return maker_.start(); }

 private:
  Result<Json> speak_scene(const Json& params);
  Result<Json> speak_project(const Json& params);
  Result<Json> picture(const TakeSubject& subject, const Json& params);
  Result<Json> show(const Json& params);
  Result<Json> list(const Json& params);
  Result<Json> choose(const Json& params);
  Result<Json> retry(const Json& params);
  Result<Json> remove(const Json& params);
  Result<Json> import(const Json& params);

  Result<TakeSubject> subject_of_scene(const Json& params);
  Result<TakeSubject> subject_of_project(const Json& params);
  Result<void> check_references(const Json& params) const;
  Result<void> share_budget(std::vector<storage::Take>& takes, const Json& params) const;
  Result<std::vector<storage::Take>> begin(std::vector<storage::Take> takes, const Json& params);

  const DeskTools& tools_;
  const TakeProviders providers_;
  TakeMaker maker_;
};

}  // namespace reeld::engine
