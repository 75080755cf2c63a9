// A picture as SVG: shapes in the order in which they were added, later ones above. Lengths are pixels, from
// the top left corner.
#pragma once

#include <string>
#include <vector>

namespace reeld::reelctl {

struct Point {
  double x = 0, y = 0;
};

struct TextStyle {
  double size = 11;
  const char* color = "#374151";
  const char* anchor = "start";  // start, middle, end
  bool bold = false;
  double turned = 0;  // degrees, clockwise about its own place
};

class Svg {
 public:
  Svg(double width, double height, const std::string& title);

  // `hint` is shown by viewers that can point at it; empty: none.
  void rectangle(Point corner, double width, double height, const std::string& color,
                 const std::string& hint = "");
  void line(Point from, Point to, const std::string& color);
  void path(const std::vector<Point>& points, const std::string& color);
  // Any text: it is escaped here.
  void text(Point at, const std::string& words, const TextStyle& style = {});

  std::string document() const;  // whole and by itself

 private:
  std::string out_;
};

}  // namespace reeld::reelctl
