// What films are called, drawn for pictures that show several. Runs in workers; pure.
#pragma once

#include <string>

#include "base/result.hpp"
#include "engine/text.hpp"

namespace reeld::engine {

// White, on a dark box where `boxed`; set smaller, down to a third, until it is no larger than this. Its x
// and y are from the area's top left corner. Errors: those of rasterize_text.
Result<TextRaster> film_label(const std::string& text, double size, int width, int height, bool boxed);

}  // namespace reeld::engine
