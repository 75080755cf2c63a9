// Handles for Pango, cairo, GLib and Fontconfig objects.
#pragma once

#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>

#include <memory>

namespace reeld::engine {

template <auto free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};

template <class T>
using GHandle = std::unique_ptr<T, Freed<g_object_unref>>;
using FontDescription = std::unique_ptr<PangoFontDescription, Freed<pango_font_description_free>>;
using LayoutIterator = std::unique_ptr<PangoLayoutIter, Freed<pango_layout_iter_free>>;
using CairoSurface = std::unique_ptr<cairo_surface_t, Freed<cairo_surface_destroy>>;
using Cairo = std::unique_ptr<cairo_t, Freed<cairo_destroy>>;
using FontOptions = std::unique_ptr<cairo_font_options_t, Freed<cairo_font_options_destroy>>;
using FontPattern = std::unique_ptr<FcPattern, Freed<FcPatternDestroy>>;
using FontSet = std::unique_ptr<FcFontSet, Freed<FcFontSetDestroy>>;
using ObjectSet = std::unique_ptr<FcObjectSet, Freed<FcObjectSetDestroy>>;

}  // namespace reeld::engine
