// A model's answer as JSON of the form that it was asked for. Pure.
#pragma once

#include <string>

#include "engine/request.hpp"

namespace reeld::engine {

// What an answer is, as an error that shows how it began and ended.
Error malformed_answer(const std::string& what, const std::string& answer,
                       Code code = Code::response_malformed);

// Fences of Markdown around the JSON are passed over. Errors: response_truncated where it is cut off;
// response_malformed where it is no JSON, or none that `schema` allows.
Result<Json> json_of_answer(const std::string& answer, const Json& schema);

bool is_blank(const std::string& text);

}  // namespace reeld::engine
