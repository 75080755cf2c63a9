// Says in a sentence where and why a value breaks a schema: the explaining half of request_schema_check.
// Knows the keywords that engine/request.schema.json uses, and no others. Pure.
#pragma once

#include <optional>
#include <string>

#include "engine/request.hpp"

namespace reeld::engine {

// The first violation found, unknown fields before others; nullopt where nothing is wrong. `root` holds the
// definitions that `schema` refers to.
std::optional<Error> explain(const Json& root, const Json& schema, const Json& value,
                             const std::string& path);

// What a schema node allows: "seconds greater than 0 and at most 86400, or \"speech\"".
std::string allowed_text(const Json& root, const Json& schema);

}  // namespace reeld::engine
