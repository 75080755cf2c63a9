// What the tests of the CPU device share: a device that remembers its pictures for the reference, frames in
// host memory, and made-up pictures.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/device.hpp"
#include "reference.hpp"

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
  bool operator==(const Frame&) const = default;
};

// Each instruction set of the CPU, and the GPUs that open here.
std::vector<std::unique_ptr<Device>> every_device();
// "cpu: AMD EPYC (AVX2)"
std::string device_title(const Device& device);

class Bench {
 public:
  Bench();  // on the CPU, at its best
  explicit Bench(std::unique_ptr<Device> device);
  PictureId add(const Raster& raster, int first_level = 0);
  Frame render(const FramePlan& plan);
  reference::Image expect(const FramePlan& plan) const { return reference::render(plan, pictures_); }
  Device& device() { return *device_; }

 private:
  std::unique_ptr<Device> device_;
  std::vector<reference::Image> pictures_;  // by id
};

FramePlan empty_plan(int width, int height, PixelFormat format = PixelFormat::rgb24);
// One layer that shows `source` of the picture.
FramePlan picture_plan(PictureId picture, int width, int height, Rect source, int level = 0);

// Every pixel differs, colours over the whole range; alpha runs over 0..255 where wanted.
Raster noise_raster(int width, int height, std::uint32_t seed, bool with_alpha = false);
// A spectrum as photographs have it (amplitude 1/f), with bars and letters' strokes, their edges one pixel
// soft as from a lens or a font's rasteriser.
Raster natural_raster(int width, int height);

}  // namespace reeld::kernels
