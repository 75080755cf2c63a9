// The crf of a film whose request says how true it must be to its frames, before its plan is settled. Called
// by the story of a job (engine/job.cpp).
#pragma once

#include <atomic>

#include "engine/job.hpp"
#include "engine/job_folder.hpp"
#include "engine/plan.hpp"

namespace reeld::engine {

// Has a worker search it, with the encoder and the device of `choice`, sets it in the plan, and warns where
// even the best does not reach the target. What choice.json keeps of it: {"metric", "at_least", "crf",
// "value", "reached", "tries": [{"crf", "value", "bytes"}]}.
Result<Json> choose_quality(const JobTools& tools, const storage::Job& job, const JobFolder& folder,
                            const QualityTarget& target, const Json& choice, Plan& plan,
                            JobProgress& progress, const std::atomic<bool>& cancelled);

}  // namespace reeld::engine
