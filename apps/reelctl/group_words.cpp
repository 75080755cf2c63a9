#include "apps/reelctl/group_words.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "apps/reelctl/table.hpp"
#include "apps/reelctl/words.hpp"

namespace reeld::reelctl {
namespace {

using Json = nlohmann::json;

// Six digits that matter, and whole numbers whole.
std::string figure(const Json& value) {
  if (value.is_null()) return "-";
  const double number = value.get<double>();
  return number == std::floor(number) && std::abs(number) < 1e15 ? fmt::format("{:.0f}", number)
                                                                 : fmt::format("{:.6g}", number);
}

Row metric_row(const Json& metric) {
  std::string name = text(metric, "name");
  if (const std::string unit = text(metric, "unit"); !unit.empty()) name += " (" + unit + ")";
  if (const Json& scene = metric.at("scene"); !scene.is_null()) name += " scene " + scene.dump();
  Row row = {name};
  for (std::size_t i = 0; i < metric.at("values").size(); ++i) {
    const Json& best = metric.at("best");
    const bool is_best = std::ranges::find(best, Json(i)) != best.end();
    row.push_back(figure(metric.at("values").at(i)) + (is_best ? " *" : ""));
  }
  return row;
}

// `films` of group_compare, or of group_show.
std::string metrics_table(const Json& films, const Json& metrics) {
  Row heads = {"metric"};
  for (const Json& film : films) heads.push_back(text(film, "label"));
  std::vector<Row> rows = {heads};
  for (const Json& metric : metrics) rows.push_back(metric_row(metric));
  return table(rows);
}

}  // namespace

std::string progress_line(const Json& shown) {
  std::string films;
  for (const Json& film : shown.at("films")) {
    const std::string status = text(film, "status");
    const bool ended = status == "completed" || status == "failed" || status == "cancelled";
    films += fmt::format("  {} {}", text(film, "label"),
                         ended ? status : fmt::format("{:.0f}%", number(film, "progress")));
  }
  return fmt::format("{:.0f} of {:.0f} films{}", number(shown.at("group"), "done"),
                     number(shown.at("group"), "films"), films);
}

std::string group_lines(const Json& page) {
  std::vector<Row> rows;
  for (const Json& group : page.at("groups")) {
    rows.push_back({text(group, "id"), text(group, "comparison_type"),
                    fmt::format("{:.0f} of {:.0f} done", number(group, "done"), number(group, "films")),
                    text(group, "created_at")});
  }
  return rows.empty() ? "no groups\n" : table(rows);
}

std::string group_report(const Json& shown) {
  const Json& group = shown.at("group");
  std::string report = text(group, "id") + "\n" + detail_line("compares", text(group, "comparison_type")) +
                       detail_line("made", text(group, "created_at"));
  std::vector<Row> rows;
  for (const Json& film : shown.at("films")) {
    rows.push_back({text(film, "label"), text(film, "status"),
                    fmt::format("{:.0f}%", number(film, "progress")), text(film, "id"),
                    text(film, "target")});
  }
  report += table(rows);
  if (!shown.at("comparison").is_null()) report += metrics_table(shown.at("films"), shown.at("comparison"));
  return report;
}

std::string comparison_report(const Json& compared) {
  std::string report = metrics_table(compared.at("films"), compared.at("metrics"));
  for (const Json& film : compared.at("films")) {
    if (!film.at("error").is_null()) report += text(film, "label") + ": " + error_line(film.at("error"));
  }
  for (const Json& film : compared.at("not_measured")) {
    report += text(film, "label") + " is not held against the first film: " + text(film, "reason") + "\n";
  }
  return report;
}

std::string made_line(const Json& made) {
  std::string line = text(made, "target");
  if (const auto video = made.find("video"); video != made.end() && video->is_object()) {
    line += fmt::format(": {}, {}, {}", text(*video, "resolution"),
                        seconds_text(number(*video, "duration_seconds")), text(made, "encoder"));
  } else {
    line += fmt::format(": {:.0f}x{:.0f}", number(made, "width"), number(made, "height"));
  }
  for (const Json& film : made.at("left_out")) line += ", without " + text(film, "label");
  return line + "\n";
}

std::string ab_report(const Json& outcome) {
  std::string report = text(outcome, "group") + "\n" + comparison_report(outcome);
  for (const char* made : {"sheet", "video"}) {
    if (!outcome.at(made).is_null()) report += made_line(outcome.at(made));
  }
  return report;
}

}  // namespace reeld::reelctl
