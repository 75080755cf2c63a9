// How reelctl tells a person of jobs. Each is a text of whole lines.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace reeld::reelctl {

std::string job_line(const nlohmann::json& job);
std::string job_lines(const nlohmann::json& jobs);
std::string job_report(const nlohmann::json& job);      // of show
std::string usage_report(const nlohmann::json& usage);  // of usage_job: what a job cost
std::string result_report(const nlohmann::json& job);   // after render: where the film is and what it cost
// What was taken from films before, or would be: of the `reused` of a job or a preview; empty where nothing
// was.
std::string reuse_report(const nlohmann::json& reused);
std::string estimate_report(const nlohmann::json& estimate);

}  // namespace reeld::reelctl
