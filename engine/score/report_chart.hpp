// A series of figures as a line over a film's time, in SVG that stands in a page. Pure.
#pragma once

#include <string>
#include <vector>

namespace reeld::engine {

struct ChartMark {
  double seconds = 0, value = 0;
};

struct Chart {
  std::string title;           // plain text
  std::vector<double> values;  // at even steps
  double first_seconds = 0, seconds_each = 1;
  std::vector<ChartMark> marks = {};  // drawn as dots
};

// An <svg> of the page's own colours (the classes chart-line, chart-grid, chart-text, chart-mark). More
// values than it has columns are drawn as the span from the least to the greatest of each column. Empty for
// no value.
std::string chart_svg(const Chart& chart);

// What stands for itself in HTML and XML, in text and in attributes.
std::string escaped(const std::string& text);

// A figure with four digits that matter.
std::string figure_text(double value);

}  // namespace reeld::engine
