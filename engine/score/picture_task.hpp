// A worker's task that scores pictures: each is decoded once, for the formulas and for all that was learned.
#pragma once

#include "engine/worker.hpp"

namespace reeld::engine {

// {"task": "score_pictures", "data_dir", "device", "pictures": [{"file", "path"}],
//  "learned": null or {"manifests": [files], "scenes": [{"picture": place in `pictures`, "text"}]}} ->
// {"pictures": [{"scores": {name: value}, "hash": "16 hex digits"}],
//  "learned": null or {"scores", "series" (engine/score/score.hpp), "absent": [{"model", "message",
//  "path"}]}}
// Pictures in the order asked. Files lie under data_dir; a picture that cannot be read is named with its
// path. Throws where the task has not these fields.
Result<nlohmann::json> score_pictures_task(const nlohmann::json& task, const TaskProgress& progress);

}  // namespace reeld::engine
