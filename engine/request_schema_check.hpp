// Holds a JSON value against the request's schema. valijson judges; our own walk over schema and value then
// finds the field and the words, because a validator's own speak of schemas and not of what was typed. Pure.
#pragma once

#include <string>
#include <string_view>

#include "engine/request.hpp"

namespace reeld::engine {

// Errors: invalid_request, unknown_field, unsupported_version.
Result<void> check_against_schema(const Json& json);

// What msgpack can carry and JSON cannot (binary data, NaN, texts that are not UTF-8 or hold U+0000),
// anywhere in the value, and what is nested too deep to be walked safely. `path` is where the value stands,
// for its errors: invalid_request.
Result<void> check_values(const Json& json, const std::string& path = "");

// The value as it stands in messages: JSON, cut after about 60 bytes, never throws on bad UTF-8.
std::string found_text(const Json& value);

// `path` with one more JSON pointer token, escaped.
std::string pointer_child(const std::string& path, std::string_view token);

}  // namespace reeld::engine
