// A brand's style put upon a request: words for its pictures, colours and a font for its texts. What the
// request says itself stays as it is. Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/request.hpp"

namespace reeld::engine {

// docs/protocol/brands.md tells the rules. `style_data` is a brand's, `families` are the installed fonts'.
// {"request": the request with the style applied,
//  "changes": [{"path", "from": as it was or null, "to"}], in the order of the request's parts,
//  "left": [{"path", "why"}]: what the style could not be put upon}
// Errors: those of parse_request, of the request as it came and as it became.
Result<Json> apply_brand(const Json& request, const Json& style_data,
                         const std::vector<std::string>& families);

// What the style says of pictures, as words for a prompt; empty where it says nothing.
std::string picture_words(const Json& style_data);

// The installed family that a typography's words name, the longest of several; empty for none. Letters' case
// does not matter, word boundaries do.
std::string family_named(const std::string& typography, const std::vector<std::string>& families);

}  // namespace reeld::engine
