#include "apps/reelctl/chart.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace reeld::reelctl {
namespace {

constexpr const char* kGridColor = "#e5e7eb";

}  // namespace

Axis axis_for(double highest, int steps) {
  if (!(highest > 0)) return {};
  const double rough = highest / steps;
  const double ten = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * ten;
  for (const double round : {1.0, 2.0, 5.0}) {
    if (round * ten < rough * (1 - 1e-9)) continue;
    step = round * ten;
    break;
  }
  return {step * std::ceil(highest / step - 1e-9), step};
}

void Panel::scale(const std::string& title, double highest) {
  axis_ = axis_for(highest);
  svg_.text({kLeft, top_ - 6}, title, {.bold = true});
  for (double value = 0; value <= axis_.top * (1 + 1e-9); value += axis_.step) {
    svg_.line({kLeft, y_of(value)}, {kLeft + width_, y_of(value)}, kGridColor);
    svg_.text({kLeft - 6, y_of(value) + 4}, fmt::format("{:.6g}", value), {.size = 10, .anchor = "end"});
  }
}

void Panel::curve(const std::vector<Value>& values, const std::string& color) {
  std::vector<Point> points;
  const auto draw = [&] {
    if (points.size() > 1) svg_.path(points, color);
    points.clear();
  };
  for (const Value& value : values) {
    if (value.value) {
      points.push_back({x_of(value.at), y_of(*value.value)});
    } else {
      draw();
    }
  }
  draw();
}

void Panel::steps(const std::vector<Value>& values, const std::string& color) {
  std::vector<Value> corners;
  for (std::size_t i = 1; i < values.size(); ++i) {
    corners.push_back({values[i - 1].at, values[i].value});
    corners.push_back(values[i]);
  }
  curve(corners, color);
}

void Panel::bar(double from, double to, double value, const std::string& color, const std::string& hint) {
  if (value <= 0) return;
  svg_.rectangle({x_of(from), y_of(value)}, x_of(to) - x_of(from), bottom() - y_of(value), color, hint);
}

void Panel::band(double from, double to, const std::string& color, const std::string& hint) {
  svg_.rectangle({x_of(from), top_}, std::max(0.0, x_of(to) - x_of(from)), height_, color, hint);
}

}  // namespace reeld::reelctl
