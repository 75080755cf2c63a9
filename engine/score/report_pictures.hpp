// A worker's task: the small pictures of a report on a film.
#pragma once

#include "engine/worker.hpp"

namespace reeld::engine {

// {"task": "report_pictures", "film": path or "", "width", "height", "frames": [seconds], "pictures":
// [paths], "longer_side", "out": an existing folder} -> {"frames": [n], "pictures": [n]}: the numbers of
// those that lie in `out` as JPEGs, frame-N.jpg and picture-N.jpg. What cannot be read is left out, for a
// report does without it. Errors: target_unwritable, disk_full.
Result<nlohmann::json> report_pictures_task(const nlohmann::json& task, const TaskProgress& progress);

}  // namespace reeld::engine
