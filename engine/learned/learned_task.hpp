// A worker's task about what networks and statistics say of pictures. Throws where the task has not the
// fields that engine/worker.hpp tells.
#pragma once

#include "engine/worker.hpp"

namespace reeld::engine {

Result<nlohmann::json> learned_task(const nlohmann::json& task, const TaskProgress& progress);

}  // namespace reeld::engine
