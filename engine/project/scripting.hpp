// From a brief to a project and its scenes: at once where rules write, else when the writer is done.
#pragma once

#include <string>

#include "base/result.hpp"
#include "engine/job_progress.hpp"
#include "engine/script/script_desk.hpp"
#include "storage/projects.hpp"

namespace reeld::engine {

struct ProjectScript {
  Json brief;              // docs/script.md
  std::string user_id;     // of a new project; empty: the local user
  std::string project_id;  // that the script is for; empty: a new one
  bool replace = false;    // the scenes that are there
};

// Project and scenes as they are then; a new project is there at once, and has its scenes when its script is
// written. Its end is told as an event "project" of the project's id. Errors: those of ScriptDesk::start;
// not_found; invalid_state for scenes that are not to be replaced, and while another script is written.
Result<storage::Project> script_project(storage::Database& database, ScriptDesk& scripts,
                                        const EventSink& sink, const ProjectScript& wanted);

// At the daemon's start: scripts that an earlier one was writing for projects are put into them where they
// were written, and else failed.
Result<void> settle_project_scripts(storage::Database& database);

}  // namespace reeld::engine
