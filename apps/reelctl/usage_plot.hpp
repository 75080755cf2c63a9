// What jobs took, as pictures: SVG documents out of the replies of usage_job and usage_sum.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace reeld::reelctl {

// Frames a second, CPU, memory and, where they were measured, GPU and encoder over time, with the stages
// behind them; of the newest attempt. A job without samples gets a page that says so.
std::string job_plot(const nlohmann::json& usage);

// Bars by day, or by whatever the sums are by: jobs, time and cost.
std::string sums_plot(const nlohmann::json& sums);

}  // namespace reeld::reelctl
