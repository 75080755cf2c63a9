#include "reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace reeld::kernels::reference {
namespace {

double keys_cubic(double x) {
  x = std::abs(x);
  if (x >= 2) {
    return 0;
  }
  return x < 1 ? 1 - 2.5 * x * x + 1.5 * x * x * x : 2 - 4 * x + 2.5 * x * x - 0.5 * x * x * x;
}

double overlap(double a0, double a1, double b0, double b1) {
  double shared = std::min(a1, b1) - std::max(a0, b0);
  return std::clamp(shared, 0.0, 1.0);
}

Pixel over(const Pixel& top, double opacity, const Pixel& under) {
  double rest = 1 - top.a * opacity;
  return {top.r * opacity + under.r * rest, top.g * opacity + under.g * rest,
          top.b * opacity + under.b * rest, top.a * opacity + under.a * rest};
}

// The value of `image` at (x, y), filtered over the area that a frame pixel has there.
Pixel sample(const Image& image, double x, double y, double scale_x, double scale_y) {
  double stretch_x = std::max(1.0, scale_x);
  double stretch_y = std::max(1.0, scale_y);
  Pixel sum;
  double total = 0;
  for (int j = static_cast<int>(std::floor(y - 2 * stretch_y)) - 1; j <= y + 2 * stretch_y + 1; ++j) {
    for (int i = static_cast<int>(std::floor(x - 2 * stretch_x)) - 1; i <= x + 2 * stretch_x + 1; ++i) {
      double weight = keys_cubic((i + 0.5 - x) / stretch_x) * keys_cubic((j + 0.5 - y) / stretch_y);
      const Pixel& p = image.at(i, j);
      sum = {sum.r + weight * p.r, sum.g + weight * p.g, sum.b + weight * p.b, sum.a + weight * p.a};
      total += weight;
    }
  }
  double a = std::clamp(sum.a / total, 0.0, 1.0);
  return {std::clamp(sum.r / total, 0.0, a), std::clamp(sum.g / total, 0.0, a),
          std::clamp(sum.b / total, 0.0, a), a};
}

// A picture whose rectangle `source` fills a frame that begins at (left, top), blended over `under` at frame
// pixel (x, y).
Pixel blend_placed(const Image& image, const Rect& source, double left, double top, double frame_w,
                   double frame_h, double opacity, int x, int y, const Pixel& under) {
  double sx = source.w / frame_w;
  double sy = source.h / frame_h;
  double covered = overlap(x, x + 1, left - source.x / sx, left + (image.width - source.x) / sx) *
                   overlap(y, y + 1, top - source.y / sy, top + (image.height - source.y) / sy);
  Pixel value = sample(image, source.x + (x + 0.5 - left) * sx, source.y + (y + 0.5 - top) * sy, sx, sy);
  return over(value, covered * opacity, under);
}

struct Shift {
  double x = 0, y = 0;
};

Pixel render_overlays(const FramePlan& plan, const std::vector<Image>& pictures, int layer, Shift shift,
                      int x, int y, Pixel under) {
  for (int i = 0; i < plan.overlay_count; ++i) {
    const Overlay& overlay = plan.overlays[static_cast<std::size_t>(i)];
    if (overlay.layer == layer) {
      const Image& image = pictures[overlay.picture];
      Rect whole{0, 0, static_cast<double>(image.width), static_cast<double>(image.height)};
      under = blend_placed(image, whole, overlay.x + shift.x, overlay.y + shift.y, image.width, image.height,
                           overlay.opacity, x, y, under);
    }
  }
  return under;
}

Pixel render_layer(const FramePlan& plan, const std::vector<Image>& pictures, int index, Shift shift, int x,
                   int y) {
  const Layer& layer = plan.layers[static_cast<std::size_t>(index)];
  Pixel background{plan.background.r, plan.background.g, plan.background.b, 1};
  Pixel picture = blend_placed(pictures[layer.picture], layer.source, shift.x, shift.y, plan.width,
                               plan.height, 1, x, y, background);
  return render_overlays(plan, pictures, index, shift, x, y, picture);
}

Pixel mix(const Pixel& a, double wa, const Pixel& b, double wb) {
  return {a.r * wa + b.r * wb, a.g * wa + b.g * wb, a.b * wa + b.b * wb, a.a * wa + b.a * wb};
}

Pixel render_mix(const FramePlan& plan, const std::vector<Image>& pictures, int x, int y) {
  const Transition& t = plan.transition;
  double p = t.progress;
  bool sideways = t.direction == Direction::left || t.direction == Direction::right;
  double size = sideways ? plan.width : plan.height;
  double place = (sideways ? x : y) + 0.5;
  bool backward = t.direction == Direction::left || t.direction == Direction::up;
  double travelled = backward ? size - place : place;  // how far the new scene comes to reach this pixel
  Shift old_shift, new_shift;
  double later = 0;
  switch (t.kind) {
    case TransitionKind::cut:
      later = p < 0.5 ? 0 : 1;
      break;
    case TransitionKind::crossfade:
      later = p;
      break;
    case TransitionKind::fade_color: {
      Pixel colour{t.colour.r, t.colour.g, t.colour.b, 1};
      int shown = p < 0.5 ? 0 : 1;
      return mix(render_layer(plan, pictures, shown, {}, x, y), std::abs(1 - 2 * p), colour,
                 1 - std::abs(1 - 2 * p));
    }
    case TransitionKind::wipe: {
      double ramp = std::max(1.0, t.softness * size);
      later = std::clamp((p * (size + ramp) - travelled) / ramp, 0.0, 1.0);
      break;
    }
    case TransitionKind::slide: {
      double sign = backward ? -1 : 1;
      (sideways ? old_shift.x : old_shift.y) = sign * p * size;
      (sideways ? new_shift.x : new_shift.y) = sign * (p - 1) * size;
      later = overlap(travelled - 0.5, travelled + 0.5, 0, p * size);
      break;
    }
  }
  return mix(render_layer(plan, pictures, 0, old_shift, x, y), 1 - later,
             render_layer(plan, pictures, 1, new_shift, x, y), later);
}

std::vector<double> chroma(const Image& image, bool blue) {
  std::vector<double> plane;
  for (int y = 0; y < image.height; y += 2) {
    for (int x = 0; x < image.width; x += 2) {
      double r = 0, g = 0, b = 0;
      for (int j = 0; j < 2; ++j) {
        for (int i = -1; i < 2; ++i) {
          const Pixel& p = image.at(x + i, y + j);
          double weight = i == 0 ? 0.25 : 0.125;
          r += weight * p.r;
          g += weight * p.g;
          b += weight * p.b;
        }
      }
      double luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
      plane.push_back(blue ? 128 + 224 * (b - luma) / 1.8556 : 128 + 224 * (r - luma) / 1.5748);
    }
  }
  return plane;
}

}  // namespace

double to_linear(double v) {
  return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
}
double to_encoded(double v) {
  return v <= 0.0031308 ? v * 12.92 : 1.055 * std::pow(v, 1 / 2.4) - 0.055;
}

const Pixel& Image::at(int x, int y) const {
  x = std::clamp(x, 0, width - 1);
  y = std::clamp(y, 0, height - 1);
  return pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
}

Image decode(const PictureView& view) {
  Image image{view.width, view.height, {}};
  bool deep = view.format == PictureFormat::rgba16;
  for (int y = 0; y < view.height; ++y) {
    const std::uint8_t* row =
        static_cast<const std::uint8_t*>(view.data) + static_cast<std::size_t>(y) * view.stride_bytes;
    for (int x = 0; x < view.width; ++x) {
      double v[4];
      for (int c = 0; c < 4; ++c) {
        std::uint16_t wide = 0;
        std::memcpy(&wide, row + (x * 4 + c) * (deep ? 2 : 1), deep ? 2 : 1);
        v[c] = deep ? wide / 65535.0 : (wide & 255) / 255.0;
      }
      for (int c = 0; c < 3; ++c) {
        double straight =
            view.alpha == AlphaKind::straight ? v[c] : (v[3] > 0 ? std::min(1.0, v[c] / v[3]) : 0.0);
        v[c] = to_linear(straight) * v[3];
      }
      image.pixels.push_back({v[0], v[1], v[2], v[3]});
    }
  }
  return image;
}

Image render(const FramePlan& plan, const std::vector<Image>& pictures) {
  Image frame{plan.width, plan.height, {}};
  for (int y = 0; y < plan.height; ++y) {
    for (int x = 0; x < plan.width; ++x) {
      Pixel pixel{plan.background.r, plan.background.g, plan.background.b, 1};
      if (plan.layer_count == 1) {
        pixel = render_layer(plan, pictures, 0, {}, x, y);
      } else if (plan.layer_count == 2) {
        pixel = render_mix(plan, pictures, x, y);
      }
      pixel = render_overlays(plan, pictures, Overlay::kOnTop, {}, x, y, pixel);
      frame.pixels.push_back({to_encoded(std::clamp(pixel.r, 0.0, 1.0)),
                              to_encoded(std::clamp(pixel.g, 0.0, 1.0)),
                              to_encoded(std::clamp(pixel.b, 0.0, 1.0)), 1});
    }
  }
  return frame;
}

std::vector<double> luma_plane(const Image& encoded) {
  std::vector<double> plane;
  for (const Pixel& p : encoded.pixels) {
    plane.push_back(16 + 219 * (0.2126 * p.r + 0.7152 * p.g + 0.0722 * p.b));
  }
  return plane;
}

std::vector<double> cb_plane(const Image& encoded) {
  return chroma(encoded, true);
}
std::vector<double> cr_plane(const Image& encoded) {
  return chroma(encoded, false);
}

}  // namespace reeld::kernels::reference
