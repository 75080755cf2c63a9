#include "engine/desks/params.hpp"

#include <chrono>
#include <filesystem>

namespace reeld::engine {
namespace {

// So many characters of the longest form are the day, the minute, the second.
constexpr std::size_t kDay = 10, kMinute = 16, kSecond = 19, kLongest = 26;

bool fits(const std::string& text, const std::string& form) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == '0' ? !digit : text[i] != form[i]) return false;
  }
  return true;
}

// nullopt where it is no time.
std::optional<std::int64_t> time_from_text(std::string text) {
  const std::string form = "0000-00-00T00:00:00.000000";
  if (text.ends_with('Z') && text.size() > kDay) text.pop_back();
  const bool length = text.size() == kDay || text.size() == kMinute || text.size() == kSecond ||
                      (text.size() > kSecond + 1 && text.size() <= kLongest);
  if (!length || !fits(text, form)) return std::nullopt;
  text += std::string("0000-01-01T00:00:00.000000").substr(text.size());
  const auto part = [&](std::size_t at, std::size_t size) { return std::stoi(text.substr(at, size)); };
  const std::chrono::year_month_day day{std::chrono::year(part(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                        std::chrono::day(static_cast<unsigned>(part(8, 2)))};
  const int hour = part(11, 2), minute = part(14, 2), second = part(17, 2);
  if (!day.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(day).time_since_epoch().count();
  return ((days * 24 + hour) * 60 + minute) * 60'000'000 + second * std::int64_t{1'000'000} + part(20, 6);
}

}  // namespace

Result<void> check_absolute(const Json& params, const char* name) {
  const std::string path = params.value(name, "");
  if (path.empty() || std::filesystem::path(path).is_absolute()) return {};
  return Error{Code::invalid_request,
               std::string(name) + " is \"" + path +
                   "\": it must be an absolute path, since the daemon has a folder of its own",
               std::string("/") + name};
}

Result<std::optional<std::int64_t>> time_param(const Json& params, const char* name) {
  const auto given = params.find(name);
  if (given == params.end()) return std::optional<std::int64_t>();
  const auto text = given->get<std::string>();
  const auto time = time_from_text(text);
  if (time) return time;
  return Error{Code::invalid_request,
               std::string(name) + " is \"" + text +
                   "\": it must be a day as 2026-11-21 or a UTC time as 2026-11-21T08:00:00Z",
               std::string("/") + name};
}

storage::PageRequest page_request(const Json& params) {
  storage::PageRequest page;
  page.sort = params.value("sort", "");
  page.descending = params.value("order", "desc") == "desc";
  page.cursor = params.value("cursor", "");
  page.limit = params.value("limit", page.limit);
  return page;
}

}  // namespace reeld::engine
