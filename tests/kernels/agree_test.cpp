// Every device gives the same bits: each instruction set of the CPU, and each GPU that opens, against the
// scalar path.
#include <catch2/catch.hpp>

#include "kernels/cpu/cpu_device.hpp"
#include "kernels/mip_level.hpp"
#include "kernels/transition.hpp"
#include "picture_fixture.hpp"

namespace reeld::kernels {
namespace {

constexpr PixelFormat kFormats[] = {PixelFormat::yuv420p, PixelFormat::nv12, PixelFormat::p010,
                                    PixelFormat::rgb24};

// The same pictures on every device, under the same numbers.
class Matrix {
 public:
  Matrix() : scalar_(std::make_unique<CpuDevice>(scalar_kernels())) {
    for (auto& device : every_device()) {
      others_.emplace_back(std::move(device));
    }
  }

  PictureId add(const Raster& raster, int first_level = 0) {
    for (Bench& bench : others_) {
      bench.add(raster, first_level);
    }
    return scalar_.add(raster, first_level);
  }

  void check(const FramePlan& plan) {
    Frame expected = scalar_.render(plan);
    for (Bench& bench : others_) {
      Frame frame = bench.render(plan);
      INFO(device_title(bench.device()));
      CHECK(first_difference(frame, expected) == -1);
    }
  }

 private:
  static std::ptrdiff_t first_difference(const Frame& a, const Frame& b) {
    auto [at, other] = std::mismatch(a.bytes.begin(), a.bytes.end(), b.bytes.begin());
    return at == a.bytes.end() ? -1 : at - a.bytes.begin();
  }

  Bench scalar_;
  std::vector<Bench> others_;
};

}  // namespace

TEST_CASE("devices agree on every transition, direction and format, with overlays") {
  Matrix matrix;
  FramePlan plan = picture_plan(matrix.add(noise_raster(230, 150, 31)), 150, 86, Rect{3.3, 5.7, 210, 130});
  plan.layer_count = 2;
  plan.layers[1] = {matrix.add(noise_raster(190, 170, 32, true)), Rect{-10, 4, 180, 160}, 0};
  PictureId text = matrix.add(noise_raster(47, 19, 33, true));
  plan.overlay_count = 3;
  plan.overlays[0] = Overlay{text, 13.25, 2.5, 0.8f, 0};
  plan.overlays[1] = Overlay{text, 95.0, 61.75, 1.0f, 1};
  plan.overlays[2] = Overlay{text, 40.5, 70.0, 0.6f, Overlay::kOnTop};
  plan.transition.colour = {0.1f, 0.5f, 0.9f};
  plan.background = {0.2f, 0.1f, 0.05f};
  int count = 0;
  for (const TransitionRow& row : transition_rows()) {
    for (Direction direction : {Direction::left, Direction::right, Direction::up, Direction::down}) {
      for (float progress : {0.0f, 0.41f, 0.5f, 0.9f, 1.0f}) {
        plan.transition = {row.kind, direction, progress, 0.2f, plan.transition.colour};
        CAPTURE(row.name, static_cast<int>(direction), progress);
        // Every one in 10 bits, and in the others in turn.
        for (PixelFormat format : {kFormats[count++ % 4], PixelFormat::p010}) {
          plan.format = format;
          matrix.check(plan);
        }
      }
    }
  }
}

TEST_CASE("devices agree on pictures and frames of odd and extreme sizes, at every level") {
  struct Size {
    int width, height;
  };
  auto size = GENERATE(Size{1, 1}, Size{1, 9}, Size{3, 1}, Size{7, 5}, Size{33, 17}, Size{129, 255},
                       Size{16384, 3}, Size{2, 9001});
  Matrix matrix;
  PictureId picture = matrix.add(noise_raster(size.width, size.height, 9));
  for (Size frame : {Size{2, 2}, Size{62, 6}, Size{66, 18}, Size{130, 34}}) {
    for (int level = 0; level < 9; ++level) {
      double reach = std::min<double>(size.width, frame.width * 3 / mip_reduction(level));
      double drop = std::min<double>(size.height, frame.height * 3 / mip_reduction(level));
      FramePlan plan = picture_plan(picture, frame.width, frame.height, Rect{0.3, 0.1, reach, drop}, level);
      CAPTURE(size.width, size.height, frame.width, level);
      for (PixelFormat format : {kFormats[level % 4], PixelFormat::p010}) {
        plan.format = format;
        matrix.check(plan);
      }
    }
  }
}

TEST_CASE("devices agree on random plans") {
  Matrix matrix;
  std::vector<PictureId> pictures;
  for (const Raster& raster : random_plan_rasters()) {
    pictures.push_back(matrix.add(raster));
  }
  for (int n = 0; n < 60; ++n) {
    CAPTURE(n);
    matrix.check(random_plan(n, pictures));
  }
}

}  // namespace reeld::kernels
