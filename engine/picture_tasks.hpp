// A worker's tasks about pictures that are brought along, and what they need of this machine. Each throws
// where the task has not the fields that engine/worker.hpp tells.
#pragma once

#include "engine/worker.hpp"

namespace reeld::engine {

Result<nlohmann::json> palette_task(const nlohmann::json& task, const TaskProgress& progress);
Result<nlohmann::json> picture_task(const nlohmann::json& task, const TaskProgress& progress);
Result<nlohmann::json> fonts_task(const nlohmann::json& task, const TaskProgress& progress);

}  // namespace reeld::engine
