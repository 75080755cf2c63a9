// One request and what is varied of it, as the films that are to be compared. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/request.hpp"

namespace reeld::engine {

struct Variation {
  std::string label;
  Json sent;         // as sent
  Json request;      // the request with the changes in it; not held against the schema yet
  std::string stem;  // of its film's file name: its label, or its number from 1, unlike every other's
};

// A variation is {"label", "changes", "patch", "prompt"}, all of it optional: a JSON Merge Patch (RFC 7396),
// then a JSON Patch (RFC 6902), then, where prompts are compared, a prompt for every scene's picture. Without
// any of them it is the request as it is. Errors: invalid_request, unknown_field, limit_exceeded, with
// "/variations/N/..." as the path.
Result<std::vector<Variation>> vary(const std::string& comparison_type, const Json& request,
                                    const Json& variations);

}  // namespace reeld::engine
