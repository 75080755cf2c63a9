#include "bench/reelbench/micro_cases.hpp"

#include <algorithm>

#include "engine/motion.hpp"
#include "engine/text.hpp"

namespace reeld::bench {
namespace {

using kernels::FramePlan;
using kernels::PictureView;

// Between pixels, as nearly every frame of a motion is.
constexpr double kOrigin = 0.37;

// A frame of nothing but its background, dark enough to differ from a cleared buffer.
FramePlan empty_plan(FrameSize size) {
  FramePlan plan;
  plan.width = size.width;
  plan.height = size.height;
  plan.format = kernels::PixelFormat::nv12;
  plan.background = {0.02f, 0.03f, 0.05f};
  return plan;
}

// Of the level that the engine would take.
kernels::Layer layer_of(kernels::PictureId id, FrameSize frame, const PictureView& picture) {
  const double scale =
      std::min({2.0, (picture.width - 1.0) / frame.width, (picture.height - 1.0) / frame.height});
  return {id,
          {kOrigin, kOrigin, frame.width * scale, frame.height * scale},
          engine::sampled_level(scale, picture.width, picture.height)};
}

struct PlacedRaster {
  kernels::Overlay overlay;
  PictureSize size;
};

// The text of the standard jobs.
Result<PlacedRaster> upload_text(kernels::Device& device, FrameSize frame) {
  engine::TextSpec spec;
  spec.text = "Scene 1 - a line of overlay text";
  spec.size = 56.0 * frame.height / 1080;
  spec.outline = engine::Outline{{}, 3.0 * frame.height / 1080};
  REELD_ASSIGN(const auto raster, engine::rasterize_text(spec, frame.width, frame.height));
  const PictureView view{raster.pixels.data(),
                         raster.width,
                         raster.height,
                         static_cast<std::size_t>(raster.width) * 4,
                         kernels::PictureFormat::rgba8,
                         kernels::AlphaKind::premultiplied};
  REELD_ASSIGN(const auto id, device.upload(view, {0, 0}));
  return PlacedRaster{{id, raster.x, raster.y}, {raster.width, raster.height, false}};
}

}  // namespace

std::string size_name(FrameSize size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

Result<std::vector<MicroCase>> make_micro_cases(kernels::Device& device, const std::vector<FrameSize>& sizes,
                                                const PictureView& picture, const PictureView& other) {
  REELD_ASSIGN(const auto first, device.upload(picture, {}));
  REELD_ASSIGN(const auto second, device.upload(other, {}));
  const PictureSize full{picture.width, picture.height};
  std::vector<MicroCase> cases;
  for (const FrameSize size : sizes) {
    FramePlan plan = empty_plan(size);
    cases.push_back({"convert " + size_name(size), plan, frame_bytes(plan, {}, {})});
    FramePlan deep = plan;
    deep.format = kernels::PixelFormat::p010;
    cases.push_back({"convert p010 " + size_name(size), deep, frame_bytes(deep, {}, {})});

    plan.layer_count = 1;
    plan.layers = {layer_of(first, size, picture), layer_of(second, size, other)};
    const std::vector<PictureSize> one = {full}, two = {full, full};
    cases.push_back({"resample " + size_name(size), plan, frame_bytes(plan, one, {})});
    deep = plan;
    deep.format = kernels::PixelFormat::p010;
    cases.push_back({"resample p010 " + size_name(size), deep, frame_bytes(deep, one, {})});

    plan.layer_count = 2;
    plan.transition.kind = kernels::TransitionKind::crossfade;
    plan.transition.progress = 0.5f;
    cases.push_back({"crossfade " + size_name(size), plan, frame_bytes(plan, two, {})});

    REELD_ASSIGN(const PlacedRaster text, upload_text(device, size));
    plan.overlay_count = 1;
    plan.overlays[0] = text.overlay;
    const std::vector<PictureSize> rasters = {text.size};
    cases.push_back({"crossfade+text " + size_name(size), plan, frame_bytes(plan, two, rasters)});
  }
  return cases;
}

}  // namespace reeld::bench
