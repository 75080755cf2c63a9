// All desks, as one.
#pragma once

#include "engine/desks/brand_desk.hpp"
#include "engine/desks/edit_desk.hpp"
#include "engine/desks/film_desk.hpp"
#include "engine/desks/group_desk.hpp"
#include "engine/desks/housekeeping_desk.hpp"
#include "engine/desks/job_desk.hpp"
#include "engine/desks/media_desk.hpp"
#include "engine/desks/metrics_desk.hpp"
#include "engine/desks/product_desk.hpp"
#include "engine/desks/project_desk.hpp"
#include "engine/desks/scene_desk.hpp"
#include "engine/desks/take_desk.hpp"
#include "engine/desks/usage_desk.hpp"
#include "engine/desks/user_desk.hpp"

namespace reeld::engine {

class Desks {
 public:
  explicit Desks(const DeskTools& tools) : tools_(tools) {}
  // `check` is for parameters that come inside of others.
  Handlers handlers(const ParamsCheck& check);
  // Takes up what an earlier daemon left.
  Result<void> start();

 private:
  const DeskTools tools_;
  JobDesk jobs_{tools_};
  MediaDesk media_{tools_};
  UsageDesk usage_{tools_};
  MetricsDesk metrics_{tools_};
  TakeDesk takes_{tools_};
  ProjectDesk projects_{tools_};
  SceneDesk scenes_{tools_};
  FilmDesk films_{tools_};
  GroupDesk groups_{tools_};
  UserDesk users_{tools_};
  BrandDesk brands_{tools_};
  ProductDesk products_{tools_};
  HousekeepingDesk housekeeping_{tools_};
  EditDesk edits_{tools_};
};

}  // namespace reeld::engine
