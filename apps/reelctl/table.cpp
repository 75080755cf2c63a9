#include "apps/reelctl/table.hpp"

#include <algorithm>
#include <cstddef>

#include "base/utf8.hpp"

namespace reeld::reelctl {
namespace {

constexpr std::size_t kGap = 2;

std::string one_line(std::string cell) {
  std::ranges::replace_if(
      cell, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
  return cell;
}

}  // namespace

std::string table(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i + 1 < row.size(); ++i) widths[i] = std::max(widths[i], character_count(row[i]));
  }
  std::string lines;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      lines += one_line(row[i]);
      if (i + 1 < row.size()) lines.append(widths[i] - character_count(row[i]) + kGap, ' ');
    }
    lines += '\n';
  }
  return lines;
}

}  // namespace reeld::reelctl
