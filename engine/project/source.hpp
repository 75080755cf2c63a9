// What a film is made of: a project's scenes with their main takes, or a list of assets.
#pragma once

#include "base/result.hpp"
#include "engine/project/film.hpp"
#include "providers/provider.hpp"
#include "storage/projects.hpp"

namespace reeld::engine {

struct ProjectSource {
  FilmSource source;
  Json warnings = Json::array();
};

// Pictures and speech that no take gives begin as the project's brief says, else as its user's settings do.
// Errors: invalid_state for a project without scenes; not_found.
Result<ProjectSource> source_of_project(storage::Database& database, const providers::Registry& registry,
                                        const std::string& project_id);

// `items` are assets of pictures, or {"picture", "speech", "text", "duration"}. Errors: invalid_request and
// unknown_field with the item's path ("/assets/2/picture").
Result<FilmSource> source_of_assets(const Json& items);

}  // namespace reeld::engine
