// What measured colours say of a look, and no more than they say. Pure.
#pragma once

#include <string>

#include "engine/palette.hpp"

namespace reeld::engine {

// "bright light" from a lightness of 65 on, "low light" below 35, else "medium light"; behind it "strong
// contrast" from 25 on, "soft contrast" below 10.
std::string lighting_words(const ColorStatistics& measured);

// "monochrome" below a chroma of 4, "muted" below 15, "vivid" from 40 on; behind it "warm" from a warmth of 6
// on, "cool" up to -6. "balanced" where nothing of it holds.
std::string mood_words(const ColorStatistics& measured);

}  // namespace reeld::engine
