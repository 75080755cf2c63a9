// Base64 (RFC 4648, with padding), as services carry files in JSON.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace reeld::providers {

std::string base64_encoded(std::string_view bytes);

// A "data:...;base64," before it is passed over, white space too. Errors: response_malformed.
Result<std::string> base64_decoded(std::string_view text);

}  // namespace reeld::providers
