// What desks tell subscribers of records that are not jobs: seq 0, and the record's id as the topic.
#pragma once

#include "engine/job_progress.hpp"

namespace reeld::engine {

// An event "status" with {"status", "error"}.
void tell_status(const EventSink& sink, const std::string& id, const std::string& status,
                 const std::optional<Error>& error);

// null where there is none.
Json error_json(const std::optional<Error>& error);

}  // namespace reeld::engine
