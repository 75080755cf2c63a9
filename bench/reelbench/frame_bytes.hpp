// How many bytes a frame moves at the least: the arithmetic behind GB/s and its share of a plain copy. Every
// source pixel counts once, however often a filter reads it, and so does every output byte, so that the
// figure says how far a device is from being bound by its memory, not how its loops are cut. Pure.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/device.hpp"
#include "kernels/frame_plan.hpp"

namespace reeld::bench {

// Of the full picture, level 0.
struct PictureSize {
  int width = 0, height = 0;
  bool opaque = true;
};

// Of a picture on a device: linear light, 16 bits a channel (ARCHITECTURE.md, "Pixels"), three of them where
// nothing shows through. A device that keeps four all the same moves more than is counted here.
std::int64_t bytes_per_pixel(const PictureSize& picture);

// Of the frame's planes, without gaps.
std::int64_t output_bytes(kernels::PixelFormat format, int width, int height);

// The pixels of the layer's level that lie under its source rectangle, where the picture is. What a filter
// reads beyond the rectangle's edges, a few pixels, is left out.
std::int64_t layer_bytes(const kernels::Layer& layer, PictureSize picture);

// The part of an overlay's raster that lies in the frame.
std::int64_t overlay_bytes(const kernels::Overlay& overlay, PictureSize raster, int frame_width,
                           int frame_height);

// Read and written for one frame; the sizes are in the order of the plan's layers and overlays.
std::int64_t frame_bytes(const kernels::FramePlan& plan, std::span<const PictureSize> layers,
                         std::span<const PictureSize> overlays);

// The picture read as it is given, and its levels of that range written (kernels/mip_level.hpp).
std::int64_t upload_bytes(const kernels::PictureView& picture, bool opaque, kernels::LevelRange levels);

}  // namespace reeld::bench
