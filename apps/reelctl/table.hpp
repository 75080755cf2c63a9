// Columns as wide as what stands in them.
#pragma once

#include <string>
#include <vector>

namespace reeld::reelctl {

using Row = std::vector<std::string>;

// A line a row, two spaces between columns. A row's last cell widens no column and is not padded, so rows of
// unlike lengths go together. Cells are UTF-8; control characters, which would break a line, become spaces.
std::string table(const std::vector<Row>& rows);

}  // namespace reeld::reelctl
