// Whether a brand's style has the fields that it may have. Pure.
#pragma once

#include "engine/request.hpp"

namespace reeld::engine {

// Errors, with paths below "/style_data": invalid_request, unknown_field.
Result<void> check_style(const Json& style_data);

}  // namespace reeld::engine
