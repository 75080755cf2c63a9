// A panel of a plot: its place on the page, its axes, and what is drawn between them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/reelctl/svg.hpp"

namespace reeld::reelctl {

// Round numbers from 0 to a little above the highest value.
struct Axis {
  double top = 1, step = 1;
};
// About `steps` of them; a value of nothing at all has an axis too.
Axis axis_for(double highest, int steps = 4);

class Panel {
 public:
  static constexpr double kLeft = 70, kRight = 20, kTitle = 20;

  // `top` is the upper edge of its title line, `across` the highest value of the horizontal axis.
  Panel(Svg& svg, double page_width, double top, double height, double across)
      : svg_(svg),
        width_(page_width - kLeft - kRight),
        top_(top + kTitle),
        height_(height),
        across_(across) {}

  // The title and horizontal lines at round values, up to `highest`.
  void scale(const std::string& title, double highest);
  // Values at places of the horizontal axis; an absent one leaves a gap.
  struct Value {
    double at = 0;
    std::optional<double> value;
  };
  void curve(const std::vector<Value>& values, const std::string& color);
  // A value that holds since the place of the value before it.
  void steps(const std::vector<Value>& values, const std::string& color);
  // A bar of `value` from place to place.
  void bar(double from, double to, double value, const std::string& color, const std::string& hint);
  // A background from place to place.
  void band(double from, double to, const std::string& color, const std::string& hint);

  double x_of(double at) const { return kLeft + width_ * at / across_; }
  double y_of(double value) const { return top_ + height_ * (1 - value / axis_.top); }
  double bottom() const { return top_ + height_; }

 private:
  Svg& svg_;
  double width_, top_, height_, across_;
  Axis axis_;
};

}  // namespace reeld::reelctl
