// What projects.cpp and scenes.cpp share. Private to storage/.
#pragma once

#include "storage/connection.hpp"
#include "storage/projects.hpp"

namespace reeld::storage {

Error no_such_project(const std::string& id);
// Of a project that has none, from position 1 on.
void insert_scenes(Connection& db, const std::string& project_id, const std::vector<SceneDraft>& scenes);

}  // namespace reeld::storage
