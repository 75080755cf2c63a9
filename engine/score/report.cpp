#include "engine/score/report.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "engine/film_frame.hpp"
#include "engine/score/catalog.hpp"
#include "engine/score/report_chart.hpp"
#include "engine/score/report_style.hpp"
#include "providers/base64.hpp"

namespace reeld::engine {
namespace {

constexpr std::size_t kLongestWords = 140;  // bytes of a prompt beside its picture

// "motion_error" as it is read.
std::string spoken(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return escaped(name);
}

std::string image(const std::string& jpeg, const std::string& alt) {
  if (jpeg.empty()) return "";
  return fmt::format(R"(<img src="data:image/jpeg;base64,{}" alt="{}">)", providers::base64_encoded(jpeg),
                     escaped(alt));
}

std::string section(const std::string& title, const std::string& content) {
  return content.empty() ? "" : "<section><h2>" + title + "</h2>\n" + content + "</section>\n";
}

// Cut between characters.
std::string shortened(const std::string& words) {
  if (words.size() <= kLongestWords) return words;
  std::size_t end = kLongestWords;
  while (end > 0 && (static_cast<unsigned char>(words[end]) & 0xC0) == 0x80) --end;
  return words.substr(0, end) + "…";
}

std::string with_unit(double value, const std::string& unit) {
  return figure_text(value) + (unit.empty() ? "" : " " + escaped(unit));
}

// "higher is better, 0 to 100"
std::string way_text(const MetricMeaning& meaning) {
  std::string text = meaning.better.empty() ? "" : meaning.better + " is better";
  const std::string between = text.empty() ? "" : ", ";
  if (meaning.least && meaning.most)
    return text + between + figure_text(*meaning.least) + " to " + figure_text(*meaning.most);
  if (meaning.least) return text + between + figure_text(*meaning.least) + " and more";
  return text;
}

std::optional<double> film_figure(const Report& report, const char* name) {
  const auto it = std::ranges::find_if(
      report.scores, [&](const Score& score) { return !score.scene && score.name == name; });
  return it == report.scores.end() ? std::nullopt : std::optional(it->value);
}

std::string head(const Report& report) {
  std::string facts;
  for (const auto& [name, value] : report.facts) {
    facts += "<dt>" + escaped(name) + "</dt><dd>" + escaped(value) + "</dd>\n";
  }
  const auto quality = film_figure(report, "image_quality");
  const std::string big = quality ? fmt::format(
                                        "<p class=\"quality\">{:.0f}<small>image quality of its pictures, "
                                        "of 100</small></p>\n",
                                        *quality)
                                  : "";
  return "<header>" + image(report.poster_jpeg, "poster of the film") + "<div><h1>" +
         (report.title.empty() ? "Film without a title" : escaped(report.title)) + "</h1>\n" + big + "<dl>" +
         facts + "</dl></div></header>\n";
}

std::string notes(const Report& report) {
  std::string items;
  for (const std::string& note : report.notes) items += "<li>" + escaped(note) + "</li>";
  return items.empty() ? "" : "<ul class=\"notes\">" + items + "</ul>\n";
}

std::string worst(const Report& report) {
  std::string cards;
  for (const ReportFrame& frame : report.frames) {
    const double seconds = static_cast<double>(frame.worst.frame) / report.frames_per_second;
    const std::string alt = fmt::format("frame {}", frame.worst.frame);
    cards += "<figure class=\"card\">" +
             (frame.jpeg.empty() ? "<div class=\"blank\">no picture of it</div>" : image(frame.jpeg, alt)) +
             fmt::format("<figcaption>{} {}<br><span>{}: {} {}</span></figcaption></figure>\n",
                         clock_text(seconds), escaped(frame.worst.why), alt, spoken(frame.worst.series),
                         figure_text(frame.worst.value));
  }
  return cards.empty() ? "" : section("Frames to look at first", "<div class=\"cards\">" + cards + "</div>");
}

std::string of_film(const Report& report) {
  std::string rows;
  for (const Score& score : report.scores) {
    if (score.scene) continue;
    const MetricMeaning meaning = meaning_of(score.name, report.own);
    rows += fmt::format(
        "<tr><td>{}</td><td>{}</td><td class=\"words quiet\">{}</td><td class=\"words quiet\">{}</td></tr>\n",
        spoken(score.name), with_unit(score.value, meaning.unit), way_text(meaning), escaped(score.model));
  }
  if (rows.empty()) return "";
  return section("The whole film",
                 "<div class=\"scroll\"><table><tr><th>score</th><th>value</th><th "
                 "class=\"words\"></th><th class=\"words\">measured by</th></tr>\n" +
                     rows + "</table></div>");
}

std::string charts(const Report& report) {
  std::string cards;
  for (const Series& series : report.series) {
    const auto varies = std::ranges::minmax(series.values);
    if (series.values.size() < 2 || varies.min == varies.max) continue;
    Chart chart{series.name, series.values,
                static_cast<double>(series.first_frame) / report.frames_per_second,
                static_cast<double>(series.frames_each) / report.frames_per_second};
    for (const ReportFrame& frame : report.frames) {
      if (frame.worst.series != series.name) continue;
      const double middle =
          static_cast<double>(frame.worst.frame) + static_cast<double>(series.frames_each) / 2;
      chart.marks.push_back({middle / report.frames_per_second, frame.worst.value});
    }
    cards += "<div class=\"card\"><h3>" + spoken(series.name) + "</h3>" + chart_svg(chart) + "</div>\n";
  }
  return cards.empty() ? "" : section("Over time", "<div class=\"cards wide\">" + cards + "</div>");
}

using Column = std::map<int, double>;  // by scene

bool is_worst(const Column& column, const std::string& better, double value) {
  if (better.empty() || column.size() < 2) return false;
  const auto [least, most] =
      std::ranges::minmax_element(column, {}, [](const auto& one) { return one.second; });
  if (least->second == most->second) return false;
  return value == (better == "higher" ? least->second : most->second);
}

// The scores of one kind, a row a scene. Scenes are counted from 0, as the request's paths do.
std::string scene_table(const Report& report, std::optional<MetricOf> of, bool with_pictures) {
  std::vector<std::string> names;
  std::map<std::string, Column> columns;
  for (const Score& score : report.scores) {
    const MetricKind* kind = find_metric(score.name);
    const bool fits = kind == nullptr ? !of : of == kind->of;
    if (!score.scene || !fits) continue;
    if (!columns.contains(score.name)) names.push_back(score.name);
    columns[score.name][*score.scene] = score.value;
  }
  if (names.empty()) return "";
  // The combination first, then as the metrics are told everywhere.
  const auto place = [](const std::string& name) { return find_metric(name); };
  std::ranges::stable_sort(names, {}, place);
  std::string table = "<div class=\"scroll\"><table><tr><th>scene</th>";
  if (with_pictures) table += "<th></th><th class=\"words\">picture</th>";
  for (const std::string& name : names) {
    const std::string unit = meaning_of(name, report.own).unit;
    table += "<th>" + spoken(name) + (of || unit.empty() ? "" : ", " + escaped(unit)) + "</th>";
  }
  table += "</tr>\n";
  for (std::size_t i = 0; i < report.scenes.size(); ++i) {
    table += fmt::format("<tr><td>{}</td>", i);
    if (with_pictures) {
      table += "<td>" + image(report.scenes[i].jpeg, fmt::format("picture of scene {}", i)) +
               "</td><td class=\"words\">" + escaped(shortened(report.scenes[i].words)) + "</td>";
    }
    for (const std::string& name : names) {
      const Column& column = columns[name];
      const auto figure = column.find(static_cast<int>(i));
      if (figure == column.end()) {
        table += "<td></td>";
        continue;
      }
      table += is_worst(column, meaning_of(name, report.own).better, figure->second) ? "<td class=\"worst\">"
                                                                                     : "<td>";
      table += figure_text(figure->second) + "</td>";
    }
    table += "</tr>\n";
  }
  return table + "</table></div>";
}

std::string tries(const Report& report) {
  std::set<int> again;
  for (const storage::PictureTry& tried : report.tries) {
    if (tried.number > 1) again.insert(tried.scene);
  }
  if (again.empty()) return "";
  std::string rows;
  for (const storage::PictureTry& tried : report.tries) {
    if (!again.contains(tried.scene)) continue;
    const auto quality = tried.scores.find("image_quality");
    rows += fmt::format(
        "<tr{}><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"words\">{}</td></tr>\n",
        tried.kept ? " class=\"kept\"" : "", tried.scene, tried.number,
        tried.seed ? std::to_string(*tried.seed) : "",
        quality == tried.scores.end() ? "" : figure_text(quality->get<double>()),
        tried.cost_usd ? fmt::format("${:.3f}", *tried.cost_usd) : "unknown", tried.kept ? "shown" : "");
  }
  return section("Pictures that were made again",
                 "<div class=\"scroll\"><table><tr><th>scene</th><th>try</th><th>seed</th><th>image "
                 "quality</th><th>cost</th><th></th></tr>\n" +
                     rows + "</table></div>");
}

}  // namespace

std::string report_html(const Report& report) {
  const std::string title = escaped(report.title.empty() ? report.job : report.title);
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
      title + "</title>\n<style>" + kReportStyle + "</style>\n</head>\n<body>\n<main>\n";
  page += head(report) + notes(report) + worst(report);
  page += section("The scenes' pictures", scene_table(report, MetricOf::picture, true));
  page += charts(report) + of_film(report);
  page += section("The scenes' frames", scene_table(report, MetricOf::film, false));
  page += section("The scenes as encoded", scene_table(report, MetricOf::fidelity, false));
  page += section("The scenes' sound", scene_table(report, MetricOf::sound, false));
  page += section("By models of your own", scene_table(report, std::nullopt, false));
  page += tries(report);
  page += "<footer>Job " + escaped(report.job) + ", reported " + escaped(report.made_at) +
          ". The worst of each column is marked. docs/metrics.md says what the scores mean.</footer>\n";
  return page + "</main>\n</body>\n</html>\n";
}

}  // namespace reeld::engine
