// Made-up pictures, plans and frames for the tests, and for scripts/gpu-check, which has no test framework.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/device.hpp"

namespace reeld::kernels {

// An 8-bit RGBA picture in memory; `at` writes one pixel.
struct Raster {
  int width = 0, height = 0;
  std::size_t stride_bytes = 0;
  std::vector<std::uint8_t> bytes;
  AlphaKind alpha = AlphaKind::straight;

  Raster(int width, int height, std::size_t padding_bytes = 0);
  std::uint8_t* at(int x, int y) {
    return &bytes[static_cast<std::size_t>(y) * stride_bytes + static_cast<std::size_t>(x) * 4];
  }
  void set(int x, int y, int r, int g, int b, int a = 255);
  PictureView view() const;
};

// A frame's planes, one after another, without padding.
struct Frame {
  int width = 0, height = 0;
  PixelFormat format = PixelFormat::rgb24;
  std::vector<std::uint8_t> bytes;

  Frame(int width, int height, PixelFormat format);
  FrameView view();
  int rgb(int x, int y, int channel) const {
    return bytes[static_cast<std::size_t>((y * width + x) * 3 + channel)];
  }
  // p010: the 10-bit code `index` of a plane, rows without gaps.
  int deep(int plane, int index) const {
    const auto at = static_cast<std::size_t>(plane * width * height + index) * 2;
    return (bytes[at] | bytes[at + 1] << 8) >> 6;
  }
  bool operator==(const Frame&) const = default;
};

FramePlan empty_plan(int width, int height, PixelFormat format = PixelFormat::rgb24);
// One layer that shows `source` of the picture.
FramePlan picture_plan(PictureId picture, int width, int height, Rect source, int level = 0);

// Every pixel differs, colours over the whole range; alpha runs over 0..255 where wanted.
Raster noise_raster(int width, int height, std::uint32_t seed, bool with_alpha = false);
// A spectrum as photographs have it (amplitude 1/f), with bars and letters' strokes, their edges one pixel
// soft as from a lens or a font's rasteriser.
Raster natural_raster(int width, int height);

// Anything that a plan may be: layers, levels, transitions, overlays, formats, odd sizes; the same for the
// same number.
FramePlan random_plan(int number, const std::vector<PictureId>& pictures);
// Pictures for it, of sizes from 20 to 400, every second with alpha.
std::vector<Raster> random_plan_rasters();

}  // namespace reeld::kernels
