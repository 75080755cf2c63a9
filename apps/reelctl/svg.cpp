#include "apps/reelctl/svg.hpp"

#include <fmt/format.h>

namespace reeld::reelctl {
namespace {

// Control characters are not allowed in XML at all.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    }
  }
  return out;
}

}  // namespace

Svg::Svg(double width, double height, const std::string& title)
    : out_(fmt::format(
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
          "viewBox=\"0 0 {0:.0f} {1:.0f}\" font-family=\"system-ui, 'DejaVu Sans', sans-serif\">\n"
          "<title>{2}</title>\n",
          width, height, escaped(title))) {
  rectangle({0, 0}, width, height, "#ffffff");
}

void Svg::rectangle(Point corner, double width, double height, const std::string& color,
                    const std::string& hint) {
  out_ += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"",
                      corner.x, corner.y, width, height, color);
  out_ += hint.empty() ? "/>\n" : "><title>" + escaped(hint) + "</title></rect>\n";
}

void Svg::line(Point from, Point to, const std::string& color) {
  out_ += fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\"/>\n",
                      from.x, from.y, to.x, to.y, color);
}

void Svg::path(const std::vector<Point>& points, const std::string& color) {
  out_ += "<polyline points=\"";
  for (const Point& point : points) out_ += fmt::format("{:.1f},{:.1f} ", point.x, point.y);
  out_ +=
      fmt::format("\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\" stroke-linejoin=\"round\"/>\n", color);
}

void Svg::text(Point at, const std::string& words, const TextStyle& style) {
  out_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"{}\" fill=\"{}\" text-anchor=\"{}\"", at.x,
                      at.y, style.size, style.color, style.anchor);
  if (style.bold) out_ += " font-weight=\"bold\"";
  if (style.turned != 0)
    out_ += fmt::format(" transform=\"rotate({} {:.1f} {:.1f})\"", style.turned, at.x, at.y);
  out_ += ">" + escaped(words) + "</text>\n";
}

std::string Svg::document() const {
  return out_ + "</svg>\n";
}

}  // namespace reeld::reelctl
