// Texts into rasters, by Pango, HarfBuzz and Fontconfig. Runs in workers; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/request.hpp"

namespace reeld::engine {

// RGBA, 8 bits, sRGB-encoded, alpha premultiplied (of encoded values, as cairo makes it).
struct TextRaster {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;  // stride is width * 4
  double
      x = 0,
      y = 0;  // where its top left corner lies in the frame, pixels; whole numbers: the fraction is drawn in
};

// Shapes, wraps and draws `text` for a frame of that size: box, on it the shadow, outline and fill; colour
// emoji keep their colours. Errors: font_missing, limit_exceeded (raster larger than twice the frame).
Result<TextRaster> rasterize_text(const TextSpec& text, int frame_width, int frame_height);

// Whether Fontconfig has this very family (not a substitute). An empty name is the default and always there.
// Errors: font_missing, naming the nearest installed family.
Result<void> check_font(const std::string& family);

}  // namespace reeld::engine
