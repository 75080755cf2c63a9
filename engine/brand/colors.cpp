#include "engine/brand/colors.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace reeld::engine {
namespace {

double ratio(double one, double other) {
  return (std::max(one, other) + 0.05) / (std::min(one, other) + 0.05);
}

}  // namespace

std::string hex_of(Color8 color) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "#%02X%02X%02X", color.r, color.g, color.b);
  return text.data();
}

std::optional<Color8> color_from_hex(const std::string& text) {
  const bool fits = (text.size() == 7 || text.size() == 9) && text[0] == '#' &&
                    text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string::npos;
  if (!fits) return std::nullopt;
  const auto byte = [&](std::size_t at) {
    return static_cast<std::uint8_t>(std::stoi(text.substr(at, 2), nullptr, 16));
  };
  return Color8{byte(1), byte(3), byte(5), text.size() == 9 ? byte(7) : std::uint8_t{255}};
}

double linear_light(std::uint8_t channel) {
  const double c = channel / 255.0;
  return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

double relative_luminance(Color8 color) {
  return 0.2126 * linear_light(color.r) + 0.7152 * linear_light(color.g) + 0.0722 * linear_light(color.b);
}

double contrast_ratio(Color8 one, Color8 other) {
  return ratio(relative_luminance(one), relative_luminance(other));
}

double worst_contrast(Color8 text, Color8 ground) {
  const double cover = ground.a / 255.0, own = cover * relative_luminance(ground);
  const double darkest = own, lightest = own + 1 - cover, letters = relative_luminance(text);
  if (letters > darkest && letters < lightest) return 1;
  return std::min(ratio(letters, darkest), ratio(letters, lightest));
}

}  // namespace reeld::engine
