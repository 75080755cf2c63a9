#include "engine/film_label.hpp"

namespace reeld::engine {

Result<TextRaster> film_label(const std::string& text, double size, int width, int height, bool boxed) {
  TextSpec spec;
  spec.text = text;
  spec.position = "top-left";
  spec.align = "left";
  spec.margin = 0;
  spec.max_width = 1;
  spec.weight = 600;
  for (spec.size = size;; spec.size *= 0.8) {
    if (boxed) spec.box = Box{{0, 0, 0, 170}, spec.size * 0.35, spec.size * 0.25};
    REELD_ASSIGN(TextRaster raster, rasterize_text(spec, width, height));
    const bool fits = raster.width <= width && raster.height <= height;
    if (fits || spec.size * 0.8 < size / 3) return raster;
  }
}

}  // namespace reeld::engine
