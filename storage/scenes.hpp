// What projects.cpp and scenes.cpp share. Private to storage/.
#pragma once

#include "storage/connection.hpp"
#include "storage/projects.hpp"

namespace reeld::storage {

Error no_such_project(const std::string& id);
void insert_scene(Connection& db, const Scene& scene);

}  // namespace reeld::storage
