// Scenes as parameters give them, and errors that name their parameter.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/request.hpp"
#include "storage/projects.hpp"

namespace reeld::engine {

// text, notes, picture_prompt, mood, role and duration, as far as they are given; a duration of 0 is none.
// Errors: invalid_request for an unknown mood ("/mood").
Result<void> take_scene(storage::SceneDraft& draft, const Json& params);

// A list of texts, or of maps with the same fields. Errors: invalid_request and unknown_field, at
// "/scenes/N/FIELD".
Result<std::vector<storage::SceneDraft>> scene_drafts(const Json& scenes);

// not_found at "/user" where the parameter names nobody.
Result<void> check_user(storage::Database& database, const Json& params);

// What is not found is not found at the parameter that names it.
template <class T>
Result<T> at_param(const char* name, Result<T> result) {
  if (result || result.error().code != Code::not_found || !result.error().path.empty()) return result;
  return Error{Code::not_found, result.error().message, std::string("/") + name};
}

}  // namespace reeld::engine
