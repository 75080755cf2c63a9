// A plan as it lies on disk, for the processes that render it.
#pragma once

#include <filesystem>

#include "engine/plan.hpp"

namespace reeld::engine {

// Errors: those of reading the file, and of plan_from_json.
Result<Plan> read_plan(const std::filesystem::path& file);

}  // namespace reeld::engine
