// A script as the record of the film that was made of it.
#pragma once

#include "storage/database.hpp"

namespace reeld::engine {

// What was asked, in which framework, the plan of its scenes and what was said about it. "master_mode" is a
// script that a critic went over without a framework. A framework's parts are put together from the scenes
// that have that role.
storage::JobScript job_script(const storage::ScriptRecord& record);

// As `show` has it.
storage::Json to_json(const storage::JobScript& script);

}  // namespace reeld::engine
