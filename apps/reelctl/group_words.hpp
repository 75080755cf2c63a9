// How reelctl tells a person of groups. Each is a text of whole lines, but progress_line.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace reeld::reelctl {

std::string group_lines(const nlohmann::json& page);    // of group_list
std::string group_report(const nlohmann::json& shown);  // of group_show
std::string comparison_report(
    const nlohmann::json& compared);                   // of group_compare: a column a film, * the best
std::string made_line(const nlohmann::json& made);     // of group_sheet and group_side_by_side
std::string ab_report(const nlohmann::json& outcome);  // the comparison, and what was made of it

// How far the films of group_show are, without the line's end.
std::string progress_line(const nlohmann::json& shown);

}  // namespace reeld::reelctl
