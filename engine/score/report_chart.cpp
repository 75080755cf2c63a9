#include "engine/score/report_chart.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>

#include "engine/film_frame.hpp"

namespace reeld::engine {
namespace {

constexpr double kWidth = 640, kHeight = 150, kLeft = 52, kRight = 8, kTop = 10, kBottom = 22;
constexpr std::size_t kColumns = 580;  // of pixels between the margins

// From values and times to the picture's points.
class Scale {
 public:
  explicit Scale(const Chart& chart) {
    const auto [least, most] = std::ranges::minmax(chart.values);
    // Errors and levels are read from zero up; a figure that stays near one value is looked at closely.
    low_ = least >= 0 && least < 0.6 * most ? 0 : least;
    high_ = most > low_ ? most : low_ + std::max(1.0, std::abs(low_)) * 0.1;
    first_ = chart.first_seconds;
    last_ = chart.first_seconds + chart.seconds_each * static_cast<double>(chart.values.size());
  }
  double low() const { return low_; }
  double high() const { return high_; }
  double first() const { return first_; }
  double last() const { return last_; }
  double x(double seconds) const {
    return kLeft + (kWidth - kLeft - kRight) * (seconds - first_) / (last_ - first_);
  }
  double y(double value) const {
    return kTop + (kHeight - kTop - kBottom) * (1 - (value - low_) / (high_ - low_));
  }

 private:
  double low_ = 0, high_ = 1, first_ = 0, last_ = 1;
};

std::string line_of(const Chart& chart, const Scale& scale) {
  const std::size_t count = chart.values.size();
  const std::size_t each = std::max<std::size_t>(1, (count + kColumns - 1) / kColumns);
  std::string points;
  const auto add = [&](std::size_t i, double value) {
    const double seconds = chart.first_seconds + chart.seconds_each * (static_cast<double>(i) + 0.5);
    points += fmt::format("{}{:.1f},{:.1f}", points.empty() ? "" : " ", scale.x(seconds), scale.y(value));
  };
  for (std::size_t i = 0; i < count; i += each) {
    const auto begin = chart.values.begin() + static_cast<std::ptrdiff_t>(i);
    const auto end = chart.values.begin() + static_cast<std::ptrdiff_t>(std::min(i + each, count));
    const auto [least, most] = std::minmax_element(begin, end);
    add(i, *least);
    if (each > 1) add(i, *most);
  }
  return points;
}

std::string label(double x, double y, const char* anchor, const std::string& text) {
  return fmt::format(R"(<text class="chart-text" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)", x, y,
                     anchor, escaped(text));
}

}  // namespace

std::string chart_svg(const Chart& chart) {
  if (chart.values.empty()) return "";
  const Scale scale(chart);
  std::string svg =
      fmt::format(R"(<svg class="chart" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">)", kWidth,
                  kHeight, escaped(chart.title));
  for (const double value : {scale.low(), scale.high()}) {
    svg += fmt::format(R"(<line class="chart-grid" x1="{0:.1f}" y1="{2:.1f}" x2="{1:.1f}" y2="{2:.1f}"/>)",
                       kLeft, kWidth - kRight, scale.y(value));
    svg += label(kLeft - 6, scale.y(value) + 4, "end", figure_text(value));
  }
  svg += label(kLeft, kHeight - 6, "start", clock_text(scale.first()));
  svg += label(kWidth - kRight, kHeight - 6, "end", clock_text(scale.last()));
  svg += fmt::format(R"(<polyline class="chart-line" points="{}"/>)", line_of(chart, scale));
  for (const ChartMark& mark : chart.marks) {
    svg += fmt::format(R"(<circle class="chart-mark" cx="{:.1f}" cy="{:.1f}" r="4"/>)", scale.x(mark.seconds),
                       scale.y(mark.value));
  }
  return svg + "</svg>";
}

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        // Control characters have no place in a page, not even as references.
        safe += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? ' ' : c;
    }
  }
  return safe;
}

std::string figure_text(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e9) return fmt::format("{:.0f}", value);
  return fmt::format("{:.4g}", value);
}

}  // namespace reeld::engine
