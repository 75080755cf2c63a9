#include "made_up.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "kernels/transition.hpp"

namespace reeld::kernels {

Raster::Raster(int width_, int height_, std::size_t padding_bytes)
    : width(width_),
      height(height_),
      stride_bytes(static_cast<std::size_t>(width_) * 4 + padding_bytes),
      bytes(stride_bytes * static_cast<std::size_t>(height_), 0xA5) {}

void Raster::set(int x, int y, int r, int g, int b, int a) {
  std::uint8_t* p = at(x, y);
  p[0] = static_cast<std::uint8_t>(r);
  p[1] = static_cast<std::uint8_t>(g);
  p[2] = static_cast<std::uint8_t>(b);
  p[3] = static_cast<std::uint8_t>(a);
}

PictureView Raster::view() const {
  return PictureView{bytes.data(), width, height, stride_bytes, PictureFormat::rgba8, alpha};
}

Frame::Frame(int width_, int height_, PixelFormat format_) : width(width_), height(height_), format(format_) {
  std::size_t area = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  bytes.resize(format == PixelFormat::rgb24 || format == PixelFormat::p010 ? area * 3 : area * 3 / 2);
}

FrameView Frame::view() {
  std::size_t w = static_cast<std::size_t>(width);
  std::size_t area = w * static_cast<std::size_t>(height);
  std::uint8_t* p = bytes.data();
  switch (format) {
    case PixelFormat::rgb24:
      return FrameView{{p, nullptr, nullptr}, {w * 3, 0, 0}};
    case PixelFormat::nv12:
      return FrameView{{p, p + area, nullptr}, {w, w, 0}};
    case PixelFormat::p010:
      return FrameView{{p, p + area * 2, nullptr}, {w * 2, w * 2, 0}};
    case PixelFormat::yuv420p:
      break;
  }
  return FrameView{{p, p + area, p + area + area / 4}, {w, w / 2, w / 2}};
}

FramePlan empty_plan(int width, int height, PixelFormat format) {
  FramePlan plan;
  plan.width = width;
  plan.height = height;
  plan.format = format;
  return plan;
}

FramePlan picture_plan(PictureId picture, int width, int height, Rect source, int level) {
  FramePlan plan = empty_plan(width, height);
  plan.layer_count = 1;
  plan.layers[0] = Layer{picture, source, level};
  return plan;
}

Raster noise_raster(int width, int height, std::uint32_t seed, bool with_alpha) {
  std::mt19937 random(seed);
  Raster raster(width, height);
  auto value = [&] { return static_cast<int>(random() >> 24); };
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      int r = value(), g = value(), b = value(), a = value();
      raster.set(x, y, r, g, b, with_alpha ? a : 255);
    }
  }
  return raster;
}

Raster natural_raster(int width, int height) {
  std::mt19937 random(7);
  auto unit = [&] { return static_cast<double>(random()) / 4294967296.0; };
  struct Wave {
    double x, y, phase[3], amplitude;
  };
  std::vector<Wave> waves;
  for (int i = 0; i < 150; ++i) {
    // Frequencies in cycles a pixel, even over octaves from 1/256 to 0.35: equal power an octave is 1/f
    // amplitude.
    double frequency = std::pow(2.0, -8 + 6.5 * unit());
    double angle = 6.28318530717958648 * unit();
    waves.push_back({6.28318530717958648 * frequency * std::cos(angle),
                     6.28318530717958648 * frequency * std::sin(angle),
                     {6.28 * unit(), 6.28 * unit(), 6.28 * unit()},
                     8});
  }
  Raster raster(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      double colour[3] = {120, 120, 120};
      for (const Wave& wave : waves) {
        for (int c = 0; c < 3; ++c) {
          colour[c] += wave.amplitude * std::sin(wave.x * x + wave.y * y + wave.phase[c]) * 0.6;
        }
      }
      // A quarter of the picture carries strokes 9 pixels wide, 40 apart, leaning as italics do.
      double along = std::fmod(x + 0.3 * y + 40000.0, 40.0);
      double inside = std::clamp(std::min(along - 10, 19 - along) / 2 + 0.5, 0.0, 1.0);
      double ink = x < width / 2 && y < height / 2 ? inside : 0.0;
      int code[3];
      for (int c = 0; c < 3; ++c) {
        code[c] = static_cast<int>(std::lround(std::clamp(colour[c] * (1 - ink) + 20 * ink, 0.0, 255.0)));
      }
      raster.set(x, y, code[0], code[1], code[2]);
    }
  }
  return raster;
}

std::vector<Raster> random_plan_rasters() {
  std::vector<Raster> rasters;
  for (int i = 0; i < 6; ++i) {
    rasters.push_back(
        noise_raster(20 + 71 * i, 400 - 61 * i, static_cast<std::uint32_t>(40 + i), i % 2 == 1));
  }
  return rasters;
}

FramePlan random_plan(int number, const std::vector<PictureId>& pictures) {
  constexpr PixelFormat kFormats[] = {PixelFormat::yuv420p, PixelFormat::nv12, PixelFormat::p010,
                                      PixelFormat::rgb24};
  std::mt19937 random(static_cast<std::uint32_t>(2026 + number));
  auto between = [&](double low, double high) { return low + (high - low) * (random() / 4294967296.0); };
  auto share = [&] { return static_cast<float>(between(0, 1)); };
  auto below = [&](int limit) { return static_cast<int>(random() % static_cast<unsigned>(limit)); };
  FramePlan plan = empty_plan(2 + 2 * below(100), 2 + 2 * below(60), kFormats[below(4)]);
  plan.background = {share(), share(), share()};
  plan.layer_count = below(3);
  for (int i = 0; i < plan.layer_count; ++i) {
    Layer& layer = plan.layers[static_cast<std::size_t>(i)];
    layer.picture = pictures[random() % pictures.size()];
    layer.level = below(6);
    layer.source = {between(-50, 200), between(-50, 200), between(1, 500), between(1, 400)};
  }
  const auto rows = transition_rows();
  plan.transition = {rows[random() % rows.size()].kind,
                     static_cast<Direction>(below(4)),
                     share(),
                     share(),
                     {share(), share(), share()}};
  plan.overlay_count = below(4);
  for (int i = 0; i < plan.overlay_count; ++i) {
    plan.overlays[static_cast<std::size_t>(i)] = {pictures[random() % pictures.size()], between(-60, 200),
                                                  between(-60, 120), share(),
                                                  below(plan.layer_count + 1) - 1};
  }
  return plan;
}

}  // namespace reeld::kernels
