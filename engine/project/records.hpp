// Projects, scenes and what belongs to them as clients see them (docs/protocol/projects.md).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/request.hpp"
#include "storage/projects.hpp"
#include "storage/takes.hpp"

namespace reeld::engine {

// Of a project's films, whole_project has so many at most: the newest.
inline constexpr int kVideosOfProject = 100;

Json project_json(const storage::Project& project);  // without its script and brief
Json scene_json(const storage::Scene& scene);
// With script, brief, scenes (each with its main takes), the project's own main takes, and films.
Result<Json> whole_project(storage::Database& database, const storage::Project& project);

// The main takes of a project by their scenes; those of the project itself at "".
using TakesByScene = std::map<std::string, std::vector<storage::Take>>;
Result<TakesByScene> main_takes(storage::Database& database, const std::string& project_id);

}  // namespace reeld::engine
