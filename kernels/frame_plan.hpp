// What one frame shows: a small plain value, all that a device ever sees. The engine makes it
// (engine/timeline), Device::render turns it into planes. Copyable, owns nothing.
//
// Conventions: pixel centres lie at +0.5; x to the right, y down; colours are linear light, sRGB primaries,
// 0..1, unless a name says otherwise; alpha in colours is premultiplied.
#pragma once

#include <array>
#include <cstdint>

namespace reeld::kernels {

inline constexpr int kMaxLayers = 2;
inline constexpr int kMaxOverlays = 32;
inline constexpr int kMaxFrameSize = 8192;     // pixels, either side
inline constexpr int kMaxPictureSize = 32768;  // pixels, either side

// Names a picture that a device holds; given by Device::upload, valid on that device until released.
using PictureId = std::uint32_t;

struct Rect {
  double x = 0, y = 0, w = 0, h = 0;
  bool operator==(const Rect&) const = default;
};

struct Colour {
  float r = 0, g = 0, b = 0;
  bool operator==(const Colour&) const = default;
};

// A picture, placed so that `source` fills the whole frame.
struct Layer {
  PictureId picture = 0;
  Rect source;    // in pixels of the full picture; may reach beyond it: the frame's background shows there
  int level = 0;  // mip level to sample (kernels/mip_level.hpp); constant over a motion, so it never pops
};

// A raster (text, logo) at its own size, one raster pixel to one frame pixel.
struct Overlay {
  static constexpr int kOnTop = -1;
  PictureId picture = 0;
  double x = 0, y = 0;  // of the raster's top left corner in frame pixels; fractions are honoured
  float opacity = 1;    // 0..1
  int layer = kOnTop;   // 0 or 1: part of that layer, so transitions move and mix it too; kOnTop: over the
                        // finished mix
};

enum class TransitionKind : std::uint8_t {
#define TRANSITION(name, prepare, weights) name,
#include "kernels/pixel/transition_list.inc"
#undef TRANSITION
};
enum class Direction : std::uint8_t { left, right, up, down };  // the way in which the new scene travels

// From layer 0 to layer 1. Ignored where layer_count is 1.
struct Transition {
  TransitionKind kind = TransitionKind::cut;
  Direction direction = Direction::left;
  float progress = 0;  // 0: all layer 0; 1: all layer 1; easing is already in it
  float softness = 0;  // wipe: width of the soft edge as a fraction of the frame, 0..1
  Colour colour;       // fade_color: what lies between
};

// YCbCr is BT.709, limited range, 4:2:0 with chroma sited left; p010 has 10 bits in the upper part of 16,
// little endian. rgb24 is sRGB-encoded, for previews.
enum class PixelFormat : std::uint8_t { yuv420p, nv12, p010, rgb24 };

struct FramePlan {
  int width = 0, height = 0;  // 2..kMaxFrameSize, even
  PixelFormat format = PixelFormat::yuv420p;
  Colour background;    // behind pictures with alpha, and around fitted ones
  int layer_count = 0;  // 0: background alone
  std::array<Layer, kMaxLayers> layers;
  Transition transition;
  int overlay_count = 0;
  std::array<Overlay, kMaxOverlays> overlays;  // in the order in which they are laid over
};

}  // namespace reeld::kernels
