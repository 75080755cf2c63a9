// What a measurement leaves behind: one JSON document for every kind (bench/README.md has its shape).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.hpp"

namespace reeld::bench {

using Json = nlohmann::json;

inline constexpr int kReportVersion = 1;

// A document without results: what was measured, on which machine, when, with which versions.
Json new_report(const std::string& kind, const Json& settings);

// Adds {"name", "median", "runs"}. Each run is an object of figures; `median` holds the median of every
// figure that is a number, over the runs that have it.
void add_result(Json& report, const std::string& name, const std::vector<Json>& runs);

// The middle one, or the mean of the two in the middle. Requires at least one value.
double median(std::vector<double> values);

// Does nothing where `file` is empty. Errors: target_unwritable, disk_full.
Result<void> save_report(const Json& report, const std::filesystem::path& file);

// Errors: those of reading; invalid_request where it is no report of this version.
Result<Json> load_report(const std::filesystem::path& file);

}  // namespace reeld::bench
