// A job as clients see it (docs/protocol.md): brief for lists, whole for show and for the end of a job.
#pragma once

#include "base/result.hpp"
#include "engine/job_progress.hpp"
#include "storage/database.hpp"
#include "storage/reuse.hpp"

namespace reeld::engine {

// "2026-11-21T08:00:00.000000Z"
std::string time_text(std::int64_t time_us);

Json brief_job(const storage::Job& job, const LiveFigures& live);
Result<Json> whole_job(storage::Database& database, const storage::Job& job, const LiveFigures& live);
Json asset_json(const storage::Asset& asset);
Json video_json(const storage::Video& video);
// Of a stage, with what it took: null until its end.
Json stage_json(const storage::JobStage& stage);
Json resources_json(const storage::JobResources& resources);
Json reuse_json(const storage::JobReuse& reuse);
Json event_json(const storage::Event& event);

}  // namespace reeld::engine
