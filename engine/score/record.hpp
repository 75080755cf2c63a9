// Scores into the record. Any thread of the daemon's.
#pragma once

#include <string>

#include "engine/score/score.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

// A score of the same scene, name and model, and a series of the same name, are replaced. Errors: the
// database's.
Result<void> record_scores(storage::Database& database, const std::string& job_id, const Scores& scores);

}  // namespace reeld::engine
