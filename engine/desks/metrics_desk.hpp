// How good films are: their scores, and reports of them as pages.
#pragma once

#include "engine/asked_work.hpp"
#include "engine/desks/desk.hpp"
#include "engine/score/job_metrics.hpp"

namespace reeld::engine {

class MetricsDesk {
 public:
  // Removes what reports that a daemon's end cut short left in the data directory.
  explicit MetricsDesk(const DeskTools& tools);
  Handlers handlers();

 private:
  Result<JobMetrics> found_of(const Json& params);
  Result<Json> metrics(const Json& params);
  Result<Json> list(const Json& params);
  Result<Json> report(const Json& params);

  const DeskTools& tools_;
  AskedWork works_;  // after what its work refers to
};

}  // namespace reeld::engine
