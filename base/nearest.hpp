// The known name nearest to a mistyped one, for "did you mean". Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reeld {

// Edits (insert, delete, replace, swap of neighbours) from a to b. Looks at the first 64 bytes of each, so
// that hostile names cost nothing.
int edit_distance(std::string_view a, std::string_view b);

// The nearest of `known`, the earlier one of equals; empty where `known` is. Always names one: even a far
// guess tells the reader what kind of name belongs there.
std::string nearest_name(std::string_view name, const std::vector<std::string>& known);

}  // namespace reeld
