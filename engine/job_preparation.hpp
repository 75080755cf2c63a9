// From a job's request to its plan.
#pragma once

#include "engine/job.hpp"
#include "engine/job_folder.hpp"
#include "engine/picture_ahead.hpp"
#include "engine/request.hpp"

namespace reeld::engine {

// Fetches what the request asks for, looks into it, and leaves the plan on disk, with the encoder and the
// device that were chosen for it. Errors: those of every step, with the path of the request's field.
Result<void> prepare_job(const JobTools& tools, const storage::Job& job, const Request& request,
                         const JobFolder& folder, JobProgress& progress, PictureAhead& ahead,
                         const std::atomic<bool>& cancelled);

}  // namespace reeld::engine
