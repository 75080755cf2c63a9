// A scene cut to a part of itself. Pure.
#pragma once

#include <optional>

#include "engine/request.hpp"

namespace reeld::engine {

// The scene from `start` to `end`, seconds of its own time: texts outside are left out, the others and the
// speech keep their moments, and the motion runs over what is left. Without `end`: to its end; one behind it
// makes the scene longer. Errors: invalid_request, path "/start" or "/end".
Result<Json> cut_scene(const Json& scene, double start, std::optional<double> end);

}  // namespace reeld::engine
