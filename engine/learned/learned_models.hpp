// Which scores are learned, and which of them can be had with the models that are here. Decodes nothing.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/learned/manifest.hpp"
#include "engine/request.hpp"

namespace reeld::engine {

// Whether a condition on any of the request's pictures is on what no formula measures.
bool asks_learned(const Request& request);

// {"folder", "models": [{"model", "metric", "unit", "better", "range", "reach", "manifest"}], "refused":
// [sentences], "absent":
// [{"metric", "why"}]}: what there is, with the gates of a request that may name it, and which of the known
// scores that need a model has none.
Json models_json(const std::filesystem::path& folder);

// Before anything is made: invalid_request, with the path of the name, where a request asks that something is
// reached which neither reeld nor a model that is there measures, and of the number, where that model's
// manifest names a range without it.
Result<void> check_models(const Request& request, const std::filesystem::path& folder);

}  // namespace reeld::engine
