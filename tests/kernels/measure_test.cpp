// What pictures measure: the same whole numbers on every device, and what little pictures must give.
#include <catch2/catch.hpp>

#include "kernels/cpu/cpu_device.hpp"
#include "picture_fixture.hpp"

namespace reeld::kernels {
namespace {

// Rows of RGBA, `stride` pixels apart.
struct Rgba {
  int width, height, stride;
  std::vector<std::uint8_t> bytes;
  Rgba(int w, int h, int further = 0) : width(w), height(h), stride(w + further) {
    bytes.resize(static_cast<std::size_t>(stride) * static_cast<std::size_t>(h) * 4, 255);
  }
  std::uint8_t* at(int x, int y) {
    return bytes.data() +
           (static_cast<std::size_t>(y) * static_cast<std::size_t>(stride) + static_cast<std::size_t>(x)) * 4;
  }
  void set_grey(int x, int y, int value) {
    for (int i = 0; i < 3; ++i) at(x, y)[i] = static_cast<std::uint8_t>(value);
  }
  PictureView view(AlphaKind alpha = AlphaKind::straight) const {
    return {bytes.data(), width, height, static_cast<std::size_t>(stride) * 4, PictureFormat::rgba8, alpha};
  }
};

// Half noise, half flat runs with small steps, so that every sum has something to count.
Rgba made_picture(int width, int height, unsigned seed, bool transparent) {
  Rgba picture(width, height, 3);
  unsigned state = seed;
  const auto next = [&] { return (state = state * 1664525u + 1013904223u) >> 24; };
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool noisy = (x / 16 + y / 16) % 2 == 0;
      for (int c = 0; c < 3; ++c) {
        const unsigned flat = static_cast<unsigned>(x / 6 * 7 + y / 5 * 3 + c) % 256;
        picture.at(x, y)[c] = static_cast<std::uint8_t>(noisy ? next() : flat);
      }
      picture.at(x, y)[3] = transparent && x % 7 == 0 ? static_cast<std::uint8_t>(next()) : 255;
    }
  }
  return picture;
}

PictureStatistics measured(Device& device, const PictureView& view, int threads = 1) {
  auto found = device.measure(view, threads);
  REQUIRE(found);
  return *std::move(found);
}

PictureStatistics measured(const Rgba& picture) {
  CpuDevice device(scalar_kernels());
  return measured(device, picture.view());
}

}  // namespace

TEST_CASE("what cannot be measured is refused with a sentence") {
  const Rgba picture(8, 4);
  for (const auto& device : every_device()) {
    INFO(device_title(*device));
    const auto code_of = [&](const PictureView& view) {
      const auto found = device->measure(view, 1);
      REQUIRE_FALSE(found);
      CHECK(found.error().message.size() > 20);
      return found.error().code;
    };
    PictureView view = picture.view();
    view.data = nullptr;
    CHECK(code_of(view) == Code::invalid_request);
    view = picture.view();
    view.width = 0;
    CHECK(code_of(view) == Code::invalid_request);
    view = picture.view();
    view.height = -1;
    CHECK(code_of(view) == Code::invalid_request);
    view = picture.view();
    view.stride_bytes = 31;
    CHECK(code_of(view) == Code::invalid_request);
    view = picture.view();
    view.format = PictureFormat::rgba16;
    CHECK(code_of(view) == Code::invalid_request);
    view = picture.view();
    view.width = kMaxPictureSize + 1;
    view.stride_bytes = static_cast<std::size_t>(view.width) * 4;
    CHECK(code_of(view) == Code::picture_too_large);
  }
}

TEST_CASE("devices agree on what pictures of all sizes measure") {
  struct Size {
    int width, height;
  };
  const auto size = GENERATE(Size{1, 1}, Size{1, 9}, Size{9, 1}, Size{2, 2}, Size{3, 3}, Size{7, 5},
                             Size{8, 8}, Size{33, 17}, Size{40, 129}, Size{511, 30}, Size{513, 31},
                             Size{1100, 47}, Size{5000, 3}, Size{3, 5000}, Size{777, 555});
  const bool transparent = GENERATE(false, true);
  CAPTURE(size.width, size.height, transparent);
  const Rgba picture = made_picture(size.width, size.height, 5, transparent);
  CpuDevice scalar(scalar_kernels());
  for (AlphaKind alpha : {AlphaKind::straight, AlphaKind::premultiplied}) {
    const PictureStatistics expected = measured(scalar, picture.view(alpha));
    for (const auto& device : every_device()) {
      INFO(device_title(*device));
      CHECK(measured(*device, picture.view(alpha)) == expected);
    }
  }
}

TEST_CASE("what a picture measures does not depend on the number of threads") {
  const Rgba picture = made_picture(600, 203, 6, false);
  CpuDevice device;
  const PictureStatistics expected = measured(device, picture.view());
  for (int threads : {0, 2, 3, 7, 26, 1000}) {
    CAPTURE(threads);
    CHECK(measured(device, picture.view(), threads) == expected);
  }
}

TEST_CASE("the largest sums fit: black and white in turn, as wide as a picture may be") {
  Rgba picture(kMaxPictureSize, 6);
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) picture.set_grey(x, y, (x / 2 + y / 2) % 2 == 0 ? 255 : 0);
  }
  CpuDevice scalar(scalar_kernels());
  const PictureStatistics expected = measured(scalar, picture.view());
  CHECK(expected.rows[0].squares == 65025u * kMaxPictureSize / 2);
  for (const auto& device : every_device()) {
    INFO(device_title(*device));
    CHECK(measured(*device, picture.view()) == expected);
  }
}

TEST_CASE("a single bright pixel measures as its masks say") {
  // 5x5 black with 10 in the middle. Laplacian: -40 there and 10 at four. Sobel: 10 at four corners both ways
  // (1 each: 8 x 100), 20 at left, right, up and down (4 x 400). Immerkaer: 4 x 10, four of -20, four of 10.
  Rgba picture(5, 5);
  for (int y = 0; y < 5; ++y) {
    for (int x = 0; x < 5; ++x) picture.set_grey(x, y, x == 2 && y == 2 ? 10 : 0);
  }
  const PictureStatistics found = measured(picture);
  CHECK(found.histogram[0] == 24);
  CHECK(found.histogram[10] == 1);
  CHECK(found.laplacian_sum == 0);
  CHECK(found.laplacian_squares == 1600 + 4 * 100);
  CHECK(found.gradient_squares == 8 * 100 + 4 * 400);
  CHECK(found.noise_sum == 40 + 4 * 20 + 4 * 10);
  CHECK(found.band_squares == 0);
  CHECK(found.rows[2] == LineSums{10, 100, 10});
  CHECK(found.rows[3] == LineSums{0, 0, 10});
  CHECK(found.columns[2] == LineSums{10, 100, 10});
  REQUIRE(found.blocks.size() == 1);
  CHECK(found.blocks[0] == 10);  // the edges that are repeated are black
}

TEST_CASE("a step counts as a band's edge where both sides are flat over four pixels and it is small") {
  const auto band_squares = [](int flat, int step) {
    Rgba picture(2 * flat, 3);
    for (int y = 0; y < 3; ++y) {
      // Beside the flat runs it falls again, so that only the middle may count.
      for (int x = 0; x < 2 * flat; ++x) picture.set_grey(x, y, 60 + (x < flat ? 0 : step));
    }
    for (int y = 0; y < 3; ++y) {
      picture.set_grey(0, y, 200);
      picture.set_grey(2 * flat - 1, y, 200);
    }
    return measured(picture).band_squares;
  };
  CHECK(band_squares(5, 1) == 3 * 1);
  CHECK(band_squares(5, 7) == 3 * 49);
  CHECK(band_squares(5, 20) == 3 * 400);
  CHECK(band_squares(5, 21) == 0);
  CHECK(band_squares(4, 7) == 0);
}

TEST_CASE("a pixel is clipped where any of its channels is at its end") {
  const auto clipped_count = [](int r, int g, int b) {
    Rgba picture(70, 3);  // vectors and what is left of a row
    for (int y = 0; y < 3; ++y) {
      for (int x = 0; x < 70; ++x) {
        picture.at(x, y)[0] = static_cast<std::uint8_t>(r);
        picture.at(x, y)[1] = static_cast<std::uint8_t>(g);
        picture.at(x, y)[2] = static_cast<std::uint8_t>(b);
      }
    }
    return measured(picture).clipped_count;
  };
  for (const int end : {253, 255}) {
    CHECK(clipped_count(end, 0, 0) == 210);
    CHECK(clipped_count(10, end, 20) == 210);
    CHECK(clipped_count(128, 127, end) == 210);
    CHECK(clipped_count(end, end, end) == 210);
  }
  CHECK(clipped_count(252, 252, 252) == 0);
  CHECK(clipped_count(0, 0, 0) == 0);
}

TEST_CASE("luma and opponent colours of a colour, and what is transparent, are as written") {
  Rgba picture(1, 1);
  picture.at(0, 0)[0] = 200;
  picture.at(0, 0)[1] = 100;
  picture.at(0, 0)[2] = 50;
  // (38 x 200 + 75 x 100 + 15 x 50 + 64) / 128 = 124.3
  const PictureStatistics opaque = measured(picture);
  CHECK(opaque.histogram[124] == 1);
  CHECK(opaque.red_green_sum == 100);
  CHECK(opaque.red_green_squares == 10000);
  CHECK(opaque.yellow_blue_sum == 200);
  CHECK(opaque.blocks[0] == 64 * 124);
  // Half of it over black: 100, 50, 25.
  picture.at(0, 0)[3] = 128;
  CHECK(measured(picture).red_green_sum == 50);
  CHECK(measured(picture).yellow_blue_sum == 100);
  CpuDevice device;
  CHECK(measured(device, picture.view(AlphaKind::premultiplied)) == opaque);
}

}  // namespace reeld::kernels
