#include "bench/reelbench/frame_bytes.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "engine/frame_buffer.hpp"
#include "kernels/mip_level.hpp"

namespace reeld::bench {
namespace {

// How much of begin..begin + length lies in 0..size.
double inside(double begin, double length, double size) {
  return std::max(0.0, std::min(begin + length, size) - std::max(begin, 0.0));
}

}  // namespace

std::int64_t bytes_per_pixel(const PictureSize& picture) {
  return picture.opaque ? 6 : 8;
}

std::int64_t output_bytes(kernels::PixelFormat format, int width, int height) {
  std::int64_t bytes = 0;
  for (const engine::PlaneSize& plane : engine::plane_sizes(format, width, height)) {
    bytes += static_cast<std::int64_t>(plane.row_bytes * plane.rows);
  }
  return bytes;
}

std::int64_t layer_bytes(const kernels::Layer& layer, PictureSize picture) {
  const double pixels = inside(layer.source.x, layer.source.w, picture.width) *
                        inside(layer.source.y, layer.source.h, picture.height);
  const double reduction = kernels::mip_reduction(layer.level);
  return std::llround(pixels * reduction * reduction) * bytes_per_pixel(picture);
}

std::int64_t overlay_bytes(const kernels::Overlay& overlay, PictureSize raster, int frame_width,
                           int frame_height) {
  const double pixels =
      inside(overlay.x, raster.width, frame_width) * inside(overlay.y, raster.height, frame_height);
  return std::llround(pixels) * bytes_per_pixel(raster);
}

std::int64_t frame_bytes(const kernels::FramePlan& plan, std::span<const PictureSize> layers,
                         std::span<const PictureSize> overlays) {
  REELD_CHECK(static_cast<int>(layers.size()) == plan.layer_count &&
              static_cast<int>(overlays.size()) == plan.overlay_count);
  std::int64_t bytes = output_bytes(plan.format, plan.width, plan.height);
  for (std::size_t i = 0; i < layers.size(); ++i) bytes += layer_bytes(plan.layers[i], layers[i]);
  for (std::size_t i = 0; i < overlays.size(); ++i) {
    bytes += overlay_bytes(plan.overlays[i], overlays[i], plan.width, plan.height);
  }
  return bytes;
}

std::int64_t upload_bytes(const kernels::PictureView& picture, bool opaque, kernels::LevelRange levels) {
  const auto pixels = [&](int level) {
    return static_cast<std::int64_t>(kernels::mip_size(picture.width, level)) *
           kernels::mip_size(picture.height, level);
  };
  const std::int64_t kept = bytes_per_pixel({picture.width, picture.height, opaque});
  const int smallest = kernels::smallest_mip_level(picture.width, picture.height);
  std::int64_t bytes = pixels(0) * (picture.format == kernels::PictureFormat::rgba16 ? 8 : 4);
  for (int level = std::min(levels.first, smallest); level <= std::min(levels.last, smallest); ++level) {
    bytes += pixels(level) * kept;
  }
  return bytes;
}

}  // namespace reeld::bench
