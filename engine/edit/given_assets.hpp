// What a version takes from the film that it is made of. Pure.
#pragma once

#include <vector>

#include "engine/fetch.hpp"

namespace reeld::engine {

// For every wish of the version that the film had too, the asset that the film shows or plays for it: of the
// same scene, else of any with an equal wish. Equal are provider and what it is asked for; how loud it is
// played, and the size of the film, are not looked at. An asset whose file was cleaned up is not given.
// `origins` as in engine/edit/edits.hpp.
std::vector<storage::NewJob::Given> given_assets(const Request& film,
                                                 const std::vector<storage::Database::JobAsset>& assets,
                                                 const Request& version, const std::vector<int>& origins);

}  // namespace reeld::engine
