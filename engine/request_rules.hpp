// What a request must keep beyond its schema: sizes and rates that are computed, and rules between fields.
// Called by parse_request once the schema held. Pure.
#pragma once

#include <string>

#include "engine/request.hpp"

namespace reeld::engine {

// width and height from "width", "height" and "aspect" of the output object.
Result<void> resolve_size(const Json& output, OutputSpec& target);

// 30, 29.97 (meaning 30000/1001) or "30000/1001", reduced, 1..120.
Result<Rational> frame_rate(const Json& fps, const std::string& path);

// `json` is what `request` was made from: for fields whose mere presence matters.
Result<void> check_rules(const Json& json, const Request& request);

}  // namespace reeld::engine
