// All desks, as one.
#pragma once

#include "engine/desks/housekeeping_desk.hpp"
#include "engine/desks/group_desk.hpp"
#include "engine/desks/job_desk.hpp"
#include "engine/desks/usage_desk.hpp"
#include "engine/desks/media_desk.hpp"
#include "engine/desks/take_desk.hpp"
#include "engine/desks/film_desk.hpp"
#include "engine/desks/job_desk.hpp"
#include "engine/desks/project_desk.hpp"
#include "engine/desks/scene_desk.hpp"

namespace reeld::engine {

class Desks {
 public:
  explicit Desks(const DeskTools& tools) : tools_(tools) {}
  Handlers handlers(const ParamsCheck& check);
  Handlers handlers();
  // Takes up what an earlier daemon left.
  Result<void> start() { return takes_.start(); }

 private:
  const DeskTools tools_;
  JobDesk jobs_{tools_};
  MediaDesk media_{tools_};
  HousekeepingDesk housekeeping_{tools_};
  UsageDesk usage_{tools_};
  TakeDesk takes_{tools_};
  ProjectDesk projects_{tools_};
  SceneDesk scenes_{tools_};
  FilmDesk films_{tools_};
  GroupDesk groups_{tools_};
};

}  // namespace reeld::engine
