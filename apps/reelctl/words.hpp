// Values as a person reads them, out of replies.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace reeld::reelctl {

// A member's value; 0 or empty where it is missing, null or of another kind.
double number(const nlohmann::json& object, const char* key);
std::string text(const nlohmann::json& object, const char* key);

// A list of strings, with commas.
std::string joined(const nlohmann::json& list);

std::string seconds_text(double seconds);
// US dollars; null is "unknown".
std::string dollars(const nlohmann::json& cost);

// Whole lines: an error with its place and code, and one thing of many about a record.
std::string error_line(const nlohmann::json& error);
std::string detail_line(const char* name, const std::string& value);

}  // namespace reeld::reelctl
