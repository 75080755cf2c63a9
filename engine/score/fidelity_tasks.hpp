// A worker's tasks that hold coded frames against those that were rendered. Each throws where the task has
// not the fields that engine/worker.hpp tells.
#pragma once

#include "engine/worker.hpp"

namespace reeld::engine {

Result<nlohmann::json> fidelity_task(const nlohmann::json& task, const TaskProgress& progress);
Result<nlohmann::json> quality_search_task(const nlohmann::json& task, const TaskProgress& progress);

}  // namespace reeld::engine
