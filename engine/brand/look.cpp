#include "engine/brand/look.hpp"

namespace reeld::engine {

std::string lighting_words(const ColorStatistics& measured) {
  std::string words = measured.lightness >= 65  ? "bright light"
                      : measured.lightness < 35 ? "low light"
                                                : "medium light";
  if (measured.contrast >= 25) words += ", strong contrast";
  if (measured.contrast < 10) words += ", soft contrast";
  return words;
}

std::string mood_words(const ColorStatistics& measured) {
  std::string words = measured.chroma < 4     ? "monochrome"
                      : measured.chroma < 15  ? "muted"
                      : measured.chroma >= 40 ? "vivid"
                                              : "";
  const std::string heat = measured.warmth >= 6 ? "warm" : measured.warmth <= -6 ? "cool" : "";
  if (!words.empty() && !heat.empty()) words += ", ";
  words += heat;
  return words.empty() ? "balanced" : words;
}

}  // namespace reeld::engine
