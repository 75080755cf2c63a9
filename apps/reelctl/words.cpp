#include "apps/reelctl/words.hpp"

#include <cmath>

#include <fmt/format.h>

namespace reeld::reelctl {

using Json = nlohmann::json;

double number(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_number() ? it->get<double>() : 0;
}

std::string text(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

std::string joined(const Json& list) {
  std::string text;
  for (const Json& item : list) text += (text.empty() ? "" : ", ") + item.get<std::string>();
  return text;
}

std::string seconds_text(double seconds) {
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  const auto whole = std::llround(seconds);
  if (whole < 3600) return fmt::format("{}:{:02} min", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02} h", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string dollars(const Json& cost) {
  return cost.is_null() ? "unknown" : fmt::format("${:.4f}", cost.get<double>());
}

std::string error_line(const Json& error) {
  const std::string path = text(error, "path"), message = text(error, "message");
  const bool named = path.empty() || message.starts_with(path);
  return fmt::format("{}{}{} ({})\n", named ? "" : path, named ? "" : ": ", message, text(error, "code"));
}

std::string detail_line(const char* name, const std::string& value) {
  return fmt::format("  {:<14} {}\n", name, value);
}

}  // namespace reeld::reelctl
