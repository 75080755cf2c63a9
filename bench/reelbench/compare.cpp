#include "bench/reelbench/compare.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

namespace reeld::bench {
namespace {

using Figures = std::vector<std::pair<std::string, double>>;

// What is no number or not of the shape is passed over: reports may come from other versions of this program.
Figures figures_of(const Json& report) {
  Figures figures;
  const auto add = [&](const std::string& prefix, const Json& values) {
    for (const auto& [name, value] : values.items()) {
      if (value.is_number()) figures.emplace_back(prefix + name, value.get<double>());
    }
  };
  for (const Json& result : report.at("results")) {
    if (!result.is_object() || !result.contains("name") || !result.at("name").is_string()) continue;
    add(result.at("name").get<std::string>() + " ", result.value("median", Json::object()));
  }
  add("", report.value("ratios", Json::object()));
  return figures;
}

std::string cell(const std::optional<double>& value) {
  return value ? fmt::format("{:.5g}", *value) : "-";
}

}  // namespace

std::vector<ComparedFigure> compare_reports(const Json& old_report, const Json& new_report) {
  std::vector<ComparedFigure> compared;
  for (const auto& [name, value] : figures_of(old_report)) compared.push_back({name, value, {}});
  for (const auto& [name, value] : figures_of(new_report)) {
    const auto row = std::find_if(compared.begin(), compared.end(),
                                  [&, &wanted = name](const auto& one) { return one.name == wanted; });
    if (row != compared.end()) {
      row->new_value = value;
    } else {
      compared.push_back({name, {}, value});
    }
  }
  return compared;
}

std::string comparison_table(const std::vector<ComparedFigure>& figures) {
  std::size_t width = 6;
  for (const ComparedFigure& figure : figures) width = std::max(width, figure.name.size());
  std::string out = fmt::format("{:<{}} {:>12} {:>12} {:>9}\n", "figure", width, "old", "new", "new/old");
  for (const ComparedFigure& figure : figures) {
    const bool both = figure.old_value && figure.new_value && *figure.old_value != 0;
    const std::string ratio = both ? fmt::format("{:.3f}", *figure.new_value / *figure.old_value) : "-";
    out += fmt::format("{:<{}} {:>12} {:>12} {:>9}\n", figure.name, width, cell(figure.old_value),
                       cell(figure.new_value), ratio);
  }
  return out;
}

}  // namespace reeld::bench
