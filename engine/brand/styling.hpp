// A brand of the record put upon a request. Any thread; the first call that needs the fonts takes as long as
// a worker's start.
#pragma once

#include "engine/desks/desk.hpp"

namespace reeld::engine {

// As apply_brand. Errors beside its: not_found; invalid_state for a brand that is not ready; both with the
// path "/brand". Where the fonts cannot be listed, none is named, and "left" says so.
Result<Json> styled_request(const DeskTools& tools, const std::string& brand, const Json& request);

}  // namespace reeld::engine
