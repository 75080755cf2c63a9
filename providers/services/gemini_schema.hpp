// JSON Schema as the subset that Gemini's responseSchema takes. Private to services/.
#pragma once

#include <nlohmann/json.hpp>

#include "base/result.hpp"

namespace reeld::providers {

// References within the schema ("#/$defs/scene") are put in their place, `const` becomes an enum of one, a
// type that may be null becomes nullable, an object's required fields come first in the order they stand
// there. What only narrows and has no counterpart (additionalProperties, uniqueItems, ...) is left out: the
// answer is checked against the whole schema by whoever asked. Errors: invalid_request with the pointer into
// the schema, where nothing could be said: a reference that leads nowhere or into itself, an object without
// properties, a list without items.
Result<nlohmann::json> gemini_schema(const nlohmann::json& schema);

}  // namespace reeld::providers
