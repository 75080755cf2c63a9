// All desks, as one.
#pragma once

#include "engine/desks/housekeeping_desk.hpp"
#include "engine/desks/job_desk.hpp"
#include "engine/desks/usage_desk.hpp"
#include "engine/desks/media_desk.hpp"

namespace reeld::engine {

class Desks {
 public:
  explicit Desks(const DeskTools& tools) : tools_(tools) {}
  Handlers handlers(const ParamsCheck& check);

 private:
  const DeskTools tools_;
  JobDesk jobs_{tools_};
  MediaDesk media_{tools_};
  HousekeepingDesk housekeeping_{tools_};
  UsageDesk usage_{tools_};
};

}  // namespace reeld::engine
