// How far a worker's task is, by its progress events.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>

namespace reeld::engine {

// Of all that the task does, 0..1.
inline double done_share(const nlohmann::json& event) {
  return event.value("done", 0.0) / std::max(1.0, event.value("total", 1.0));
}

}  // namespace reeld::engine
