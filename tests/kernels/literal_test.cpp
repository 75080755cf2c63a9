// Tiny pictures whose every output byte is worked out by hand.
#include <catch2/catch.hpp>
#include <cmath>

#include "kernels/pixel/exact.hpp"
#include "kernels/pixel/host.hpp"
#include "kernels/taps.hpp"
#include "picture_fixture.hpp"

namespace reeld::kernels {

TEST_CASE("black, white and red become the BT.709 codes of the standard") {
  // Y  = 16 + 219 Y';        Y'(red) = 0.2126: 16 + 46.56 = 62.56
  // Cb = 128 + 224 (B'-Y') / 1.8556 = 128 - 224 * 0.2126 / 1.8556 = 102.34
  // Cr = 128 + 224 (R'-Y') / 1.5748 = 128 + 224 * 0.7874 / 1.5748 = 240
  struct Case {
    Colour colour;
    double y, cb, cr;
  };
  auto c = GENERATE(Case{{0, 0, 0}, 16, 128, 128}, Case{{1, 1, 1}, 235, 128, 128},
                    Case{{1, 0, 0}, 62.56, 102.34, 240});
  Bench bench;
  FramePlan plan = empty_plan(16, 16, PixelFormat::yuv420p);
  plan.background = c.colour;
  Frame frame = bench.render(plan);
  double luma = 0, cb = 0, cr = 0;
  for (int i = 0; i < 256; ++i) {
    luma += frame.bytes[static_cast<std::size_t>(i)] / 256.0;
  }
  for (int i = 0; i < 64; ++i) {
    cb += frame.bytes[static_cast<std::size_t>(256 + i)] / 64.0;
    cr += frame.bytes[static_cast<std::size_t>(320 + i)] / 64.0;
  }
  // Over whole 8x8 patterns the dither's average is the value itself, but for its step of 1/64 and the share
  // of a code that it does not spread over, 3/64 at most.
  CHECK(luma == Approx(c.y).margin(0.0625));
  CHECK(cb == Approx(c.cb).margin(0.0625));
  CHECK(cr == Approx(c.cr).margin(0.0625));
}

TEST_CASE("the dither has 64 even steps inside one code value and no mean") {
  std::vector<int> seen(64, 0);
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 8; ++x) {
      // (rank - 31.5) * 29 / 2048 back to rank.
      ++seen[static_cast<std::size_t>(std::lround(host::dither_offset(x, y) * 2048 / 29 + 31.5f))];
    }
  }
  CHECK(seen == std::vector<int>(64, 1));
  CHECK(host::dither_offset(0, 0) == -0.446044921875f);  // -31.5 * 29 / 2048
}

TEST_CASE("every 8-bit code comes back exactly when a picture is shown at its own size") {
  Raster raster(16, 16);
  for (int i = 0; i < 256; ++i) {
    raster.set(i % 16, i / 16, i, 255 - i, (i * 7) % 256);
  }
  Bench bench;
  Frame frame = bench.render(picture_plan(bench.add(raster), 16, 16, Rect{0, 0, 16, 16}));
  for (int i = 0; i < 256; ++i) {
    CHECK(frame.rgb(i % 16, i / 16, 0) == i);
    CHECK(frame.rgb(i % 16, i / 16, 1) == 255 - i);
    CHECK(frame.rgb(i % 16, i / 16, 2) == (i * 7) % 256);
  }
}

TEST_CASE("half a pixel of shift weighs four neighbours with -1, 9, 9 and -1 sixteenths") {
  // catmull_rom(0.5) = 1.5/8 - 2.5/4 + 1 = 9/16; catmull_rom(1.5) = -3.375/2 + 2.5 * 2.25 - 6 + 2 = -1/16.
  CHECK(exact::catmull_rom(0.5) == 0.5625);
  CHECK(exact::catmull_rom(1.5) == -0.0625);
  // A white column at x = 4 of black; the frame is moved by half a pixel, so frame x sees picture x + 0.5:
  // x = 3 and 4 have 9/16, x = 2 and 5 have -1/16, clamped to 0.
  Raster raster(8, 8);
  for (int i = 0; i < 64; ++i) {
    int v = i % 8 == 4 ? 255 : 0;
    raster.set(i % 8, i / 8, v, v, v);
  }
  Bench bench;
  Frame frame = bench.render(picture_plan(bench.add(raster), 8, 8, Rect{0.5, 0, 8, 8}));
  // 9/16 encoded: 1.055 * 0.5625^(1/2.4) - 0.055 = 0.7751, times 255 = 197.6.
  CHECK(std::abs(frame.rgb(3, 0, 0) - 197.6) <= 1);
  CHECK(std::abs(frame.rgb(4, 5, 0) - 197.6) <= 1);
  for (int x : {0, 1, 2, 5, 6}) {
    CHECK(frame.rgb(x, 0, 0) == 0);
  }
}

TEST_CASE("a single pixel fills any frame with its colour") {
  Raster raster(1, 1);
  raster.set(0, 0, 200, 100, 50);
  Bench bench;
  FramePlan plan = picture_plan(bench.add(raster), 4, 2, Rect{0, 0, 1, 1}, GENERATE(0, 3));
  plan.background = {1, 1, 1};
  Frame frame = bench.render(plan);
  for (int x = 0; x < 4; ++x) {
    CHECK(frame.rgb(x, 1, 0) == 200);
    CHECK(frame.rgb(x, 1, 1) == 100);
    CHECK(frame.rgb(x, 1, 2) == 50);
  }
}

TEST_CASE("a fitted picture's edge covers its share of a pixel and the background the rest") {
  // A white 4x4 picture in an 8x4 frame whose source is 8 wide from -2.25: it covers frame x 2.25 .. 6.25, so
  // 0.75 of pixel 2 and 0.25 of pixel 6. Encoded 0.75: 0.8805 * 255 = 224.5; 0.25: 0.5371 * 255 = 136.96.
  Raster raster(4, 4);
  for (int i = 0; i < 16; ++i) {
    raster.set(i % 4, i / 4, 255, 255, 255);
  }
  Bench bench;
  Frame frame = bench.render(picture_plan(bench.add(raster), 8, 4, Rect{-2.25, 0, 8, 4}));
  CHECK(frame.rgb(1, 0, 0) == 0);
  CHECK(std::abs(frame.rgb(2, 0, 0) - 224.5) <= 1);
  CHECK(frame.rgb(3, 0, 0) == 255);
  CHECK(frame.rgb(5, 3, 0) == 255);
  CHECK(std::abs(frame.rgb(6, 3, 0) - 136.96) <= 1);
  CHECK(frame.rgb(7, 3, 0) == 0);
}

TEST_CASE("a picture that fills the frame up to rounding shows no border of background") {
  Raster raster(7, 5);
  for (int i = 0; i < 35; ++i) {
    raster.set(i % 7, i / 7, 255, 255, 255);
  }
  Bench bench;
  FramePlan plan = picture_plan(bench.add(raster), 6, 4, Rect{-1e-12, 1e-12, 7 + 2e-12, 5}, GENERATE(0, 1));
  Frame frame = bench.render(plan);
  CHECK(frame.bytes == std::vector<std::uint8_t>(frame.bytes.size(), 255));
}

TEST_CASE("chroma is sited on the even column between two rows") {
  // 4x2, encoded blue in column 1 alone. [1 2 1] / 4 at column 0: 1/4 of it; at column 2: 1/4 of it.
  // B' = 0.25, Y' = 0.25 * 0.0722: Cb = 128 + 224 * 0.25 * 0.9278 / 1.8556 = 156; Cr = 128 - 224 * 0.01805
  // / 1.5748 = 125.43.
  Raster raster(4, 2);
  for (int i = 0; i < 8; ++i) {
    raster.set(i % 4, i / 4, 0, 0, i % 4 == 1 ? 255 : 0);
  }
  Bench bench;
  FramePlan plan = picture_plan(bench.add(raster), 4, 2, Rect{0, 0, 4, 2});
  plan.format = PixelFormat::nv12;
  Frame frame = bench.render(plan);
  for (std::size_t i : {0u, 1u}) {
    CHECK(std::abs(frame.bytes[8 + 2 * i] - 156.0) <= 1);
    CHECK(std::abs(frame.bytes[9 + 2 * i] - 125.43) <= 1);
  }
}

TEST_CASE("premultiplied and straight alpha mean the same colour") {
  // Straight 200 at alpha 128 is 200 * 128 / 255 = 100.4 premultiplied, rounded to 100: 100 * 255 / 128 =
  // 199.2.
  Raster straight(2, 2), premultiplied(2, 2);
  premultiplied.alpha = AlphaKind::premultiplied;
  for (int i = 0; i < 4; ++i) {
    straight.set(i % 2, i / 2, 200, 200, 200, 128);
    premultiplied.set(i % 2, i / 2, 100, 100, 100, 128);
  }
  Bench bench;
  Frame a = bench.render(picture_plan(bench.add(straight), 2, 2, Rect{0, 0, 2, 2}));
  Frame b = bench.render(picture_plan(bench.add(premultiplied), 2, 2, Rect{0, 0, 2, 2}));
  // Linear 0.5776 * 128 / 255 = 0.2899 over black: encoded 0.5752 * 255 = 146.7.
  CHECK(std::abs(a.rgb(0, 0, 0) - 146.7) <= 1);
  CHECK(std::abs(a.rgb(1, 1, 0) - b.rgb(1, 1, 0)) <= 1);
}

}  // namespace reeld::kernels
