// What a whole film must reach before it gets its name. In a job's threads.
#pragma once

#include "engine/job_progress.hpp"
#include "engine/score/quality.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

// Looks at the scores of the whole film as they are in the record. Where one is not reached: a warning, or
// the error quality_not_reached, as the gate says.
Result<void> check_film(storage::Database& database, const std::string& job_id, const Gate& gate,
                        JobProgress& progress);

}  // namespace reeld::engine
