// Colours as text, and how well one stands out from another, as WCAG 2 reckons it. Pure.
#pragma once

#include <optional>
#include <string>

#include "engine/request.hpp"

namespace reeld::engine {

inline constexpr double kReadableContrast = 4.5;  // WCAG 2, level AA, text of any size

// "#RRGGBB"; alpha is not written.
std::string hex_of(Color8 color);
// Of "#RRGGBB" or "#RRGGBBAA" in either case; nullopt where it is neither.
std::optional<Color8> color_from_hex(const std::string& text);

// sRGB's curve undone: 0..1.
double linear_light(std::uint8_t channel);

// 0 (black) to 1 (white); alpha is not looked at.
double relative_luminance(Color8 color);
// 1 (the same luminance) to 21 (black on white).
double contrast_ratio(Color8 one, Color8 other);
// The least that text of that colour has on a ground that lets through what is behind it, which may be black,
// white, or anything between: pictures are blended in linear light.
double worst_contrast(Color8 text, Color8 ground);

}  // namespace reeld::engine
