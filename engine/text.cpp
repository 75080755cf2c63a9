#include "engine/text.hpp"

#include <hb-ot.h>

#include <algorithm>
#include <cmath>

#include "engine/blur.hpp"
#include "engine/pango.hpp"

namespace reeld::engine {
namespace {

constexpr std::size_t kMaxTextBytes = 10'000;
// Lets outline and shadow reach out of the small frames of a preview, pixels.
constexpr double kSlack = 64;

struct Extent {
  double x = 0, y = 0, w = 0, h = 0;
};

void set_source(cairo_t* cairo, const Color8& c) {
  cairo_set_source_rgba(cairo, c.r / 255.0, c.g / 255.0, c.b / 255.0, c.a / 255.0);
}

double padding_of(const TextSpec& text) {
  return text.box ? text.box->padding : 0;
}

double margin_of(const TextSpec& text, int frame_width, int frame_height) {
  return text.margin * std::min(frame_width, frame_height);
}

// Where lines break. A block placed by the margins never crosses them, box included; one placed by x may
// stand anywhere.
double wrap_width(const TextSpec& text, int frame_width, int frame_height) {
  const double wanted = text.max_width * frame_width;
  if (text.x) return wanted;
  const double safe = frame_width - 2 * margin_of(text, frame_width, frame_height) - 2 * padding_of(text);
  return std::max(1.0, std::min(wanted, safe));
}

PangoAlignment alignment(const std::string& align) {
  if (align == "left" || align == "justify") return PANGO_ALIGN_LEFT;
  return align == "right" ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_CENTER;
}

// A layout on a context of its own. No hinting: hinted glyphs snap to whole pixels, and a sub-pixel place
// would be lost.
GHandle<PangoLayout> make_layout(PangoFontMap* fonts, const TextSpec& text, double width) {
  const GHandle<PangoContext> context(pango_font_map_create_context(fonts));
  const FontOptions options(cairo_font_options_create());
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options(context.get(), options.get());
  pango_context_set_round_glyph_positions(context.get(), FALSE);

  const FontDescription font(pango_font_description_new());
  pango_font_description_set_family(font.get(), text.font.empty() ? "sans" : text.font.c_str());
  pango_font_description_set_absolute_size(font.get(), text.size * PANGO_SCALE);
  pango_font_description_set_weight(font.get(), static_cast<PangoWeight>(text.weight));
  pango_font_description_set_style(font.get(), text.italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);

  GHandle<PangoLayout> layout(pango_layout_new(context.get()));
  pango_layout_set_font_description(layout.get(), font.get());
  pango_layout_set_text(layout.get(), text.text.c_str(), static_cast<int>(text.text.size()));
  pango_layout_set_width(layout.get(), static_cast<int>(width * PANGO_SCALE));
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment(layout.get(), alignment(text.align));
  pango_layout_set_justify(layout.get(), text.align == "justify");
  pango_layout_set_auto_dir(layout.get(), TRUE);
  // Pango takes a spacing of 0 as "the font's own", with the lines' full height.
  if (text.line_spacing != 1.0)
    pango_layout_set_line_spacing(layout.get(), static_cast<float>(text.line_spacing));
  return layout;
}

Extent logical_extent(PangoLayout* layout) {
  PangoRectangle r;
  pango_layout_get_extents(layout, nullptr, &r);
  const auto pixels = [](int units) { return static_cast<double>(units) / PANGO_SCALE; };
  return {pixels(r.x), pixels(r.y), pixels(r.width), pixels(r.height)};
}

// The glyphs' advances in a line, 1/1024 pixel.
std::int64_t summed_advances(const PangoLayoutLine* line) {
  std::int64_t sum = 0;
  for (const GSList* item = line->runs; item != nullptr; item = item->next) {
    const PangoGlyphString* glyphs = static_cast<const PangoLayoutRun*>(item->data)->glyphs;
    for (int i = 0; i < glyphs->num_glyphs; ++i) sum += glyphs->glyphs[i].geometry.width;
  }
  return sum;
}

// The lines' heights together and the longest's width, pixels. Pango's own extents are 32 bits of 1/1024
// pixel: they run over where thousands of lines, or letters of a word, are thousands of pixels large.
Extent summed_lines(PangoLayout* layout) {
  Extent sum;
  const LayoutIterator it(pango_layout_get_iter(layout));
  do {
    PangoRectangle logical;
    pango_layout_iter_get_line_extents(it.get(), nullptr, &logical);
    const std::int64_t advances = summed_advances(pango_layout_iter_get_line_readonly(it.get()));
    sum.w = std::max(sum.w, static_cast<double>(advances) / PANGO_SCALE);
    sum.h += static_cast<double>(logical.height) / PANGO_SCALE;
  } while (pango_layout_iter_next_line(it.get()));
  return sum;
}

// How far ink leaves its line (italics, accents, swashes), pixels.
double overhang(PangoLayout* layout) {
  int units = 0;
  const LayoutIterator it(pango_layout_get_iter(layout));
  do {
    PangoRectangle ink, line;
    pango_layout_iter_get_line_extents(it.get(), &ink, &line);
    units = std::max({units, line.x - ink.x, line.y - ink.y, ink.x + ink.width - line.x - line.width,
                      ink.y + ink.height - line.y - line.height});
  } while (pango_layout_iter_next_line(it.get()));
  return static_cast<double>(units) / PANGO_SCALE;
}

// 0, 1/2 or 1 across and down: which point of the block the position names.
struct Anchor {
  double across, down;
};

Anchor anchor_of(const std::string& position) {
  const auto has = [&](const char* word) { return position.find(word) != std::string::npos; };
  return {has("left") ? 0.0 : (has("right") ? 1.0 : 0.5), has("top") ? 0.0 : (has("bottom") ? 1.0 : 0.5)};
}

// The block's top left corner in the frame. A box belongs to the block, so that it keeps the margin too.
Extent place_block(const TextSpec& text, const Extent& logical, int width, int height) {
  const double padding = padding_of(text);
  const double w = logical.w + 2 * padding, h = logical.h + 2 * padding;
  const Anchor anchor = anchor_of(text.position);
  const double margin = margin_of(text, width, height);
  const double x =
      text.x ? *text.x * width - anchor.across * w : margin + anchor.across * (width - 2 * margin - w);
  const double y =
      text.y ? *text.y * height - anchor.down * h : margin + anchor.down * (height - 2 * margin - h);
  return {x, y, w, h};
}

// How far beyond the block anything may be drawn: overhanging ink, outline, shadow, antialiasing.
double bleed(const TextSpec& text, double overhang) {
  double out = overhang;
  if (text.outline) out += text.outline->width;
  // A Gaussian is as good as over after three deviations; `blur` is two of them.
  if (text.shadow)
    out += std::max(std::abs(text.shadow->dx), std::abs(text.shadow->dy)) + 1.5 * text.shadow->blur;
  return out + 2;
}

void round_box(cairo_t* cairo, const Extent& block, double radius) {
  const double r = std::min({radius, block.w / 2, block.h / 2});
  cairo_new_sub_path(cairo);
  cairo_arc(cairo, block.x + block.w - r, block.y + r, r, -M_PI / 2, 0);
  cairo_arc(cairo, block.x + block.w - r, block.y + block.h - r, r, 0, M_PI / 2);
  cairo_arc(cairo, block.x + r, block.y + block.h - r, r, M_PI / 2, M_PI);
  cairo_arc(cairo, block.x + r, block.y + r, r, M_PI, 1.5 * M_PI);
  cairo_close_path(cairo);
}

// Whether a font's glyphs are pictures of their own colours (emoji), which have no outline to stroke or fill.
bool has_colours(PangoFont* font) {
  hb_face_t* face = hb_font_get_face(pango_font_get_hb_font(font));
  return hb_ot_color_has_png(face) || hb_ot_color_has_layers(face) || hb_ot_color_has_svg(face);
}

// Pango takes left and right for the start and the end of a right-to-left line. Here they are what they say:
// how far to the right such a line has to move.
double realigned(const TextSpec& text, PangoLayout* layout, PangoLayoutIter* it) {
  if (text.align != "left" && text.align != "right") return 0;
  if (pango_layout_iter_get_line_readonly(it)->resolved_dir != PANGO_DIRECTION_RTL) return 0;
  PangoRectangle line;
  pango_layout_iter_get_line_extents(it, nullptr, &line);
  const int wanted = text.align == "left" ? 0 : pango_layout_get_width(layout) - line.width;
  return static_cast<double>(wanted - line.x) / PANGO_SCALE;
}

// Calls draw(run, x, y) with the place of each run's origin in the layout, in pixels.
template <class Draw>
void for_each_run(PangoLayout* layout, const TextSpec& text, Draw draw) {
  const LayoutIterator it(pango_layout_get_iter(layout));
  do {
    PangoLayoutRun* run = pango_layout_iter_get_run_readonly(it.get());
    if (run == nullptr) continue;  // a line's end
    PangoRectangle logical;
    pango_layout_iter_get_run_extents(it.get(), nullptr, &logical);
    draw(run, static_cast<double>(logical.x) / PANGO_SCALE + realigned(text, layout, it.get()),
         static_cast<double>(pango_layout_iter_get_baseline(it.get())) / PANGO_SCALE);
  } while (pango_layout_iter_next_run(it.get()));
}

// Letters are filled as paths: cairo 1.16 puts the glyphs that it shows on whole pixels, paths exactly where
// they are.
void letters_path(cairo_t* cairo, PangoLayout* layout, const TextSpec& text, double x, double y) {
  cairo_new_path(cairo);
  for_each_run(layout, text, [&](PangoLayoutRun* run, double run_x, double run_y) {
    if (has_colours(run->item->analysis.font)) return;
    cairo_move_to(cairo, x + run_x, y + run_y);
    pango_cairo_glyph_string_path(cairo, run->item->analysis.font, run->glyphs);
  });
}

// Pictures of a font stand on whole pixels, half a pixel beside their exact place at most: moving them by a
// fraction would only soften them. They are as opaque as the letters' colour.
void draw_emoji(cairo_t* cairo, PangoLayout* layout, const TextSpec& text, double x, double y, double alpha) {
  bool any = false;
  for_each_run(layout, text, [&](PangoLayoutRun* run, double run_x, double run_y) {
    if (!has_colours(run->item->analysis.font)) return;
    if (!any) {
      cairo_push_group(cairo);
      // The source is left a group by whoever drew before, and cairo shows coloured glyphs over a plain one
      // only.
      cairo_set_source_rgba(cairo, 0, 0, 0, 1);
    }
    any = true;
    cairo_move_to(cairo, x + run_x, y + run_y);
    pango_cairo_show_glyph_string(cairo, run->item->analysis.font, run->glyphs);
  });
  if (!any) return;
  cairo_pop_group_to_source(cairo);
  cairo_paint_with_alpha(cairo, alpha);
}

void draw_letters(cairo_t* cairo, PangoLayout* layout, const TextSpec& text, double x, double y,
                  const Color8& outline_color, const Color8& color) {
  cairo_push_group(cairo);
  cairo_set_antialias(cairo, CAIRO_ANTIALIAS_BEST);
  letters_path(cairo, layout, text, x, y);
  if (text.outline && text.outline->width > 0) {
    set_source(cairo, outline_color);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
    // Half of the stroke lies inside of the letter, and is taken out again: a translucent fill shows the
    // picture behind it, not the outline. An opaque fill looks as if laid over it, for coverages f of the
    // fill and s of the stroke add up to f + s (1 - f) in both ways.
    cairo_set_line_width(cairo, 2 * text.outline->width);
    cairo_stroke_preserve(cairo);
    cairo_set_operator(cairo, CAIRO_OPERATOR_DEST_OUT);
    cairo_set_source_rgba(cairo, 0, 0, 0, 1);
    cairo_fill_preserve(cairo);
    cairo_set_operator(cairo, CAIRO_OPERATOR_ADD);
  }
  set_source(cairo, color);
  cairo_fill(cairo);
  cairo_pop_group_to_source(cairo);
  cairo_paint(cairo);
  draw_emoji(cairo, layout, text, x, y, color.a / 255.0);
}

void draw_shadow(cairo_surface_t* target, PangoLayout* layout, const TextSpec& text, double x, double y) {
  const int width = cairo_image_surface_get_width(target), height = cairo_image_surface_get_height(target);
  const CairoSurface shape(cairo_image_surface_create(CAIRO_FORMAT_A8, width, height));
  const Color8 solid{0, 0, 0, 255};
  {
    const Cairo cairo(cairo_create(shape.get()));
    draw_letters(cairo.get(), layout, text, x + text.shadow->dx, y + text.shadow->dy, solid, solid);
  }
  cairo_surface_flush(shape.get());
  gaussian_blur(cairo_image_surface_get_data(shape.get()), width, height,
                cairo_image_surface_get_stride(shape.get()), text.shadow->blur / 2);
  cairo_surface_mark_dirty(shape.get());
  const Cairo cairo(cairo_create(target));
  set_source(cairo.get(), text.shadow->color);
  cairo_mask_surface(cairo.get(), shape.get(), 0, 0);
}

// cairo's premultiplied native-endian ARGB to bytes R, G, B, A. What lies over what within the text is mixed
// here, of encoded values; the device mixes the raster with the picture in linear light.
void copy_rgba(cairo_surface_t* surface, TextRaster& raster) {
  cairo_surface_flush(surface);
  const unsigned char* data = cairo_image_surface_get_data(surface);
  const int stride = cairo_image_surface_get_stride(surface);
  raster.pixels.resize(static_cast<std::size_t>(raster.width) * static_cast<std::size_t>(raster.height) * 4);
  std::uint8_t* out = raster.pixels.data();
  for (int y = 0; y < raster.height; ++y) {
    const auto* row = reinterpret_cast<const std::uint32_t*>(data + static_cast<std::ptrdiff_t>(y) * stride);
    for (int x = 0; x < raster.width; ++x) {
      const std::uint32_t p = row[x];
      *out++ = static_cast<std::uint8_t>(p >> 16);
      *out++ = static_cast<std::uint8_t>(p >> 8);
      *out++ = static_cast<std::uint8_t>(p);
      *out++ = static_cast<std::uint8_t>(p >> 24);
    }
  }
}

// `block` is where the text with its box's padding lies in the raster.
Result<void> draw(const TextSpec& text, PangoLayout* layout, const Extent& logical, const Extent& block,
                  TextRaster& raster) {
  const CairoSurface surface(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, raster.width, raster.height));
  const double x = block.x + padding_of(text) - logical.x, y = block.y + padding_of(text) - logical.y;
  if (text.box) {
    const Cairo cairo(cairo_create(surface.get()));
    round_box(cairo.get(), block, text.box->radius);
    set_source(cairo.get(), text.box->color);
    cairo_fill(cairo.get());
  }
  if (text.shadow) draw_shadow(surface.get(), layout, text, x, y);
  {
    const Cairo cairo(cairo_create(surface.get()));
    draw_letters(cairo.get(), layout, text, x, y, text.outline ? text.outline->color : text.color,
                 text.color);
  }
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) {
    return Error{Code::internal, std::string("cairo could not draw the text: ") +
                                     cairo_status_to_string(cairo_surface_status(surface.get()))};
  }
  copy_rgba(surface.get(), raster);
  return {};
}

Error too_large(double width, double height) {
  return Error{Code::limit_exceeded, "the text needs " + std::to_string(std::llround(width)) + "x" +
                                         std::to_string(std::llround(height)) +
                                         " pixels, more than twice the frame; make it smaller or shorter"};
}

Result<void> check_text(const TextSpec& text) {
  if (text.text.size() > kMaxTextBytes) {
    return Error{Code::limit_exceeded,
                 "the text has " + std::to_string(text.text.size()) + " bytes; at most " +
                     std::to_string(kMaxTextBytes) + " are drawn",
                 "/text"};
  }
  if (!g_utf8_validate(text.text.data(), static_cast<gssize>(text.text.size()), nullptr)) {
    return Error{Code::invalid_request, "the text is not UTF-8", "/text"};
  }
  auto font = check_font(text.font);
  if (!font) {
    Error error = font.error();
    error.path = "/font";
    return error;
  }
  return {};
}

}  // namespace

Result<TextRaster> rasterize_text(const TextSpec& text, int frame_width, int frame_height) {
  REELD_TRY(check_text(text));
  // A font map of its own, since Pango's default one belongs to a thread.
  const GHandle<PangoFontMap> fonts(pango_cairo_font_map_new());
  const GHandle<PangoLayout> layout =
      make_layout(fonts.get(), text, wrap_width(text, frame_width, frame_height));
  const Extent lines = summed_lines(layout.get());
  if (lines.w > 2.0 * frame_width + kSlack || lines.h > 2.0 * frame_height + kSlack)
    return too_large(lines.w, lines.h);
  // As wide as its longest line: what the block's place and its box are reckoned from.
  const Extent unaligned = logical_extent(layout.get());
  if (text.align != "justify")
    pango_layout_set_width(layout.get(), static_cast<int>(std::ceil(unaligned.w) * PANGO_SCALE));
  const Extent logical = logical_extent(layout.get());
  const Extent block = place_block(text, logical, frame_width, frame_height);
  const double out = bleed(text, overhang(layout.get()));

  TextRaster raster;
  raster.x = std::floor(block.x - out);
  raster.y = std::floor(block.y - out);
  const double width = std::ceil(block.x + block.w + out) - raster.x;
  const double height = std::ceil(block.y + block.h + out) - raster.y;
  if (width > 2.0 * frame_width + kSlack || height > 2.0 * frame_height + kSlack)
    return too_large(width, height);
  raster.width = static_cast<int>(width);
  raster.height = static_cast<int>(height);
  REELD_TRY(
      draw(text, layout.get(), logical, {block.x - raster.x, block.y - raster.y, block.w, block.h}, raster));
  return raster;
}

}  // namespace reeld::engine
