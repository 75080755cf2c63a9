// Which scores are learned, and which of them can be had with the models that are here. Decodes nothing.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/learned/manifest.hpp"
#include "engine/request.hpp"

namespace reeld::engine {

// Of pictures, and by no formula.
bool is_learned_of_pictures(std::string_view metric);

// Whether a condition on any of the request's pictures is on such a score.
bool asks_learned(const Request& request);

// {"folder", "models": [{"model", "metric", "manifest"}], "refused": [sentences], "absent": [{"metric",
// "why"}]}: what there is, and which of the known scores that need a model has none.
Json models_json(const std::filesystem::path& folder);

// Before anything is made: invalid_request, with the path of the condition's list, where a request asks that
// a score reaches something that only a model could measure, and there is none.
Result<void> check_models(const Request& request, const std::filesystem::path& folder);

}  // namespace reeld::engine
