// Two reports side by side.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/reelbench/report.hpp"

namespace reeld::bench {

// One figure of either report; absent where that report does not have it.
struct ComparedFigure {
  std::string name;  // "whole wall_seconds", or a ratio's name
  std::optional<double> old_value, new_value;
};

// The medians of all results and the ratios, in the old report's order, then what only the new one has.
std::vector<ComparedFigure> compare_reports(const Json& old_report, const Json& new_report);

// A table: figure, old, new, new / old ("-" where one is not there or the old one is 0).
std::string comparison_table(const std::vector<ComparedFigure>& figures);

}  // namespace reeld::bench
