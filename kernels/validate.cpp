#include "kernels/validate.hpp"

#include <cmath>

#include "kernels/transition.hpp"

namespace reeld::kernels {
namespace {

// Placements beyond this are mistakes, not motions: 32 times the largest picture. It also keeps a pixel's
// coordinate exact to 2^-32 in a double.
constexpr double kMaxCoordinate = 1 << 20;
constexpr double kMinSourceSize = 1.0 / 1024;  // of a picture pixel over the whole frame: a zoom nobody sees

Error invalid(std::string message) {
  return Error{Code::invalid_request, std::move(message)};
}

// Comparisons are false for NaN, so these hold only for finite numbers.
bool is_share(float value) {
  return value >= 0.0f && value <= 1.0f;
}
bool is_coordinate(double value) {
  return std::abs(value) <= kMaxCoordinate;
}
bool is_extent(double value) {
  return value >= kMinSourceSize && value <= kMaxCoordinate;
}
bool is_colour(Colour colour) {
  return is_share(colour.r) && is_share(colour.g) && is_share(colour.b);
}
bool is_frame_size(int size) {
  return size >= 2 && size <= kMaxFrameSize && size % 2 == 0;
}

Result<void> validate_target(const FramePlan& plan, const FrameView& out) {
  std::size_t width = static_cast<std::size_t>(plan.width);
  int plane_count = 1;
  std::size_t row_bytes[3] = {width * 3, 0, 0};
  if (plan.format == PixelFormat::p010) {
    plane_count = 2;
    row_bytes[0] = row_bytes[1] = width * 2;
  } else if (plan.format == PixelFormat::yuv420p || plan.format == PixelFormat::nv12) {
    bool planar = plan.format == PixelFormat::yuv420p;
    plane_count = planar ? 3 : 2;
    row_bytes[0] = width;
    row_bytes[1] = planar ? width / 2 : width;
    row_bytes[2] = width / 2;
  } else if (plan.format != PixelFormat::rgb24) {
    return invalid("the frame's pixel format is none that this program knows");
  }
  for (int i = 0; i < plane_count; ++i) {
    if (out.planes[i] == nullptr || out.stride_bytes[i] < row_bytes[i]) {
      return invalid("plane " + std::to_string(i) + " of the frame is missing or its rows are shorter than " +
                     std::to_string(row_bytes[i]) + " bytes");
    }
  }
  if (out.reduced != nullptr && plan.format == PixelFormat::rgb24) {
    return invalid("reduced luma is of frames with a luma plane; rgb24 has none");
  }
  return {};
}

Result<void> validate_layers(const FramePlan& plan) {
  if (plan.layer_count < 0 || plan.layer_count > kMaxLayers) {
    return invalid("a frame has 0 to " + std::to_string(kMaxLayers) + " layers, not " +
                   std::to_string(plan.layer_count));
  }
  for (int i = 0; i < plan.layer_count; ++i) {
    const Rect& source = plan.layers[static_cast<std::size_t>(i)].source;
    if (!is_coordinate(source.x) || !is_coordinate(source.y) || !is_extent(source.w) ||
        !is_extent(source.h)) {
      return invalid("layer " + std::to_string(i) +
                     ": its source rectangle is empty, too large or no number");
    }
    if (plan.layers[static_cast<std::size_t>(i)].level < 0) {
      return invalid("layer " + std::to_string(i) + ": its mip level is below 0");
    }
  }
  if (plan.layer_count < 2) {
    return {};
  }
  const Transition& transition = plan.transition;
  if (static_cast<std::size_t>(transition.kind) >= transition_rows().size() ||
      transition.direction > Direction::down) {
    return invalid("the transition's kind or direction is none that this program knows");
  }
  if (!is_share(transition.progress) || !is_share(transition.softness) || !is_colour(transition.colour)) {
    return invalid("the transition's progress, softness and colour are numbers from 0 to 1");
  }
  return {};
}

Result<void> validate_overlays(const FramePlan& plan) {
  if (plan.overlay_count < 0 || plan.overlay_count > kMaxOverlays) {
    return invalid("a frame has 0 to " + std::to_string(kMaxOverlays) + " overlays, not " +
                   std::to_string(plan.overlay_count));
  }
  for (int i = 0; i < plan.overlay_count; ++i) {
    const Overlay& overlay = plan.overlays[static_cast<std::size_t>(i)];
    if (!is_coordinate(overlay.x) || !is_coordinate(overlay.y) || !is_share(overlay.opacity)) {
      return invalid("overlay " + std::to_string(i) +
                     ": its place is too far away or no number, or its opacity is outside of 0 to 1");
    }
    if (overlay.layer < Overlay::kOnTop || overlay.layer >= plan.layer_count) {
      return invalid("overlay " + std::to_string(i) + " belongs to layer " + std::to_string(overlay.layer) +
                     ", which this frame does not have");
    }
  }
  return {};
}

}  // namespace

Result<void> validate_plan(const FramePlan& plan, const FrameView& out) {
  if (!is_frame_size(plan.width) || !is_frame_size(plan.height)) {
    return invalid("a frame's sides are even and from 2 to " + std::to_string(kMaxFrameSize) +
                   " pixels, not " + std::to_string(plan.width) + "x" + std::to_string(plan.height));
  }
  if (!is_colour(plan.background)) {
    return invalid("the background's channels are numbers from 0 to 1");
  }
  REELD_TRY(validate_target(plan, out));
  REELD_TRY(validate_layers(plan));
  return validate_overlays(plan);
}

Result<void> validate_upload(const PictureView& picture, LevelRange levels) {
  if (picture.data == nullptr || picture.width < 1 || picture.height < 1) {
    return invalid("a picture has at least one pixel");
  }
  if (picture.width > kMaxPictureSize || picture.height > kMaxPictureSize) {
    return Error{Code::picture_too_large, "a picture's sides are at most " + std::to_string(kMaxPictureSize) +
                                              " pixels, not " + std::to_string(picture.width) + "x" +
                                              std::to_string(picture.height) + "; make it smaller first"};
  }
  if (picture.format > PictureFormat::rgba16 || picture.alpha > AlphaKind::opaque) {
    return invalid("the picture's format or kind of alpha is none that this program knows");
  }
  std::size_t pixel_bytes = picture.format == PictureFormat::rgba8 ? 4 : 8;
  if (picture.stride_bytes < static_cast<std::size_t>(picture.width) * pixel_bytes) {
    return invalid("the picture's rows are longer than its stride");
  }
  if (levels.first < 0 || levels.last < levels.first) {
    return invalid("a picture's mip levels are counted from 0, first to last");
  }
  return {};
}

Result<void> validate_measure(const PictureView& picture) {
  REELD_TRY(validate_upload(picture, {}));
  if (picture.rows != nullptr) {
    return invalid("a picture is measured when all of its rows are there");
  }
  if (picture.format != PictureFormat::rgba8) {
    return invalid("a picture is measured at 8 bits a channel; hand over the high bytes of 16");
  }
  return {};
}

Error unknown_picture(PictureId picture) {
  return invalid("picture " + std::to_string(picture) + " is not on this device; upload it first");
}

Error not_enough_memory(const PictureView& picture) {
  return Error{Code::picture_too_large, "there is not enough memory for a picture of " +
                                            std::to_string(picture.width) + "x" +
                                            std::to_string(picture.height) + "; make it smaller first"};
}

}  // namespace reeld::kernels
