// The device's contract: odd sizes, strides, threads, errors.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <thread>

#include "picture_fixture.hpp"

namespace reeld::kernels {
namespace {

Code code_of(Bench* bench, const FramePlan& plan) {
  Frame frame(64, 64, PixelFormat::rgb24);
  auto result = bench->device().render(plan, frame.view());
  REQUIRE_FALSE(result);
  CHECK_FALSE(result.error().message.empty());
  return result.error().code;
}

}  // namespace

TEST_CASE("the CPU opens, and every device that is listed opens or says why not") {
  auto cpu = open_device(DeviceKind::cpu);
  REQUIRE(cpu);
  CHECK((*cpu)->info().why_not.empty());
  CHECK_FALSE((*cpu)->info().name.empty());
  CHECK((*cpu)->info().memory_bytes > 0);
  bool seen[3] = {false, false, false};
  for (const DeviceInfo& info : list_devices()) {
    seen[static_cast<int>(info.kind)] = true;
    auto device = open_device(info.kind, info.index);
    CAPTURE(info.name, info.why_not);
    CHECK(static_cast<bool>(device) == info.why_not.empty());
    if (!device) {
      CHECK(device.error().code == Code::device_unavailable);
      CHECK_FALSE(device.error().message.empty());
    }
  }
  CHECK((seen[0] && seen[1] && seen[2]));
  CHECK(open_device(DeviceKind::vulkan, 99).error().code == Code::device_unavailable);
  CHECK(device_kind_name(DeviceKind::vulkan) == "vulkan");
}

TEST_CASE("pictures of odd and extreme sizes match the reference at level 0 and render at every level") {
  struct Size {
    int width, height;
  };
  auto size = GENERATE(Size{1, 1}, Size{1, 9}, Size{3, 1}, Size{7, 5}, Size{33, 17}, Size{16384, 3});
  Bench bench;
  PictureId picture = bench.add(noise_raster(size.width, size.height, 9));
  // The widest is looked at through a window, for the reference takes every source pixel for every frame
  // pixel.
  double width = std::min(size.width, 64);
  FramePlan plan = picture_plan(picture, 10, 6, Rect{0, 0, width, static_cast<double>(size.height)});
  Frame frame = bench.render(plan);
  reference::Image expected = bench.expect(plan);
  for (int i = 0; i < 60; ++i) {
    CHECK(std::abs(frame.rgb(i % 10, i / 10, 1) - expected.at(i % 10, i / 10).g * 255) <= 1.0);
  }
  for (int level = 1; level < 32; ++level) {
    plan.layers[0].level = level;
    bench.render(plan);
  }
}

TEST_CASE("the smallest frame is 2x2 in every format") {
  Bench bench;
  PictureId picture = bench.add(noise_raster(5, 5, 10));
  FramePlan plan = picture_plan(picture, 2, 2, Rect{0, 0, 5, 5});
  plan.format = GENERATE(PixelFormat::rgb24, PixelFormat::nv12, PixelFormat::yuv420p, PixelFormat::p010);
  bool wide = plan.format == PixelFormat::rgb24 || plan.format == PixelFormat::p010;
  CHECK(bench.render(plan).bytes.size() == (wide ? 12u : 6u));
}

TEST_CASE("strides unlike the width change no pixel, and nothing beyond a row is written") {
  Bench bench;
  Raster tight = noise_raster(9, 6, 11);
  Raster padded(9, 6, 20);
  for (int i = 0; i < 54; ++i) {
    const std::uint8_t* p = tight.at(i % 9, i / 9);
    padded.set(i % 9, i / 9, p[0], p[1], p[2]);
  }
  FramePlan plan = picture_plan(bench.add(tight), 8, 6, Rect{0.3, 0.2, 8, 5}, 0);
  plan.format = PixelFormat::yuv420p;
  Frame expected = bench.render(plan);
  plan.layers[0].picture = bench.add(padded);
  CHECK(bench.render(plan) == expected);
  std::vector<std::uint8_t> wide(3 * 6 * 20, 0xEE);
  REQUIRE(bench.device().render(plan, FrameView{{&wide[0], &wide[120], &wide[240]}, {20, 20, 20}}));
  for (std::size_t y = 0; y < 6; ++y) {
    for (std::size_t x = 0; x < 20; ++x) {
      int wanted = x < 8 ? expected.bytes[y * 8 + x] : 0xEE;
      CHECK(wide[y * 20 + x] == wanted);
      int wanted_cb = x < 4 && y < 3 ? expected.bytes[48 + y * 4 + x] : 0xEE;
      CHECK(wide[120 + y * 20 + x] == wanted_cb);
    }
  }
}

TEST_CASE("nv12 holds the same samples as yuv420p") {
  Bench bench;
  FramePlan plan = picture_plan(bench.add(noise_raster(12, 8, 12)), 12, 8, Rect{0, 0, 12, 8});
  plan.format = PixelFormat::yuv420p;
  Frame planar = bench.render(plan);
  plan.format = PixelFormat::nv12;
  Frame mixed = bench.render(plan);
  for (std::size_t i = 0; i < 24; ++i) {
    CHECK(mixed.bytes[96 + 2 * i] == planar.bytes[96 + i]);
    CHECK(mixed.bytes[97 + 2 * i] == planar.bytes[120 + i]);
  }
}

TEST_CASE("16-bit pictures give the same frame as the 8-bit ones that they widen") {
  Bench bench;
  Raster raster = noise_raster(6, 4, 13, true);
  std::vector<std::uint16_t> deep;
  for (std::uint8_t byte : raster.bytes) {
    deep.push_back(static_cast<std::uint16_t>(byte * 257));
  }
  FramePlan plan = picture_plan(bench.add(raster), 6, 4, Rect{0.25, 0.5, 5, 3});
  Frame expected = bench.render(plan);
  auto id = bench.device().upload(
      PictureView{deep.data(), 6, 4, 48, PictureFormat::rgba16, AlphaKind::straight}, {});
  REQUIRE(id);
  plan.layers[0].picture = *id;
  CHECK(bench.render(plan) == expected);
}

TEST_CASE("a frame comes out the same over runs, after other frames, and from threads at once") {
  Bench bench;
  PictureId picture = bench.add(noise_raster(201, 133, 14, true));
  auto plan_of = [&](int n) {
    FramePlan plan = picture_plan(picture, 64, 48, Rect{n * 0.37, 3, 150.0 - n, 110.0 + n}, n % 2);
    plan.format = PixelFormat::yuv420p;
    plan.layer_count = 2;
    plan.layers[1] = plan.layers[0];
    plan.layers[1].source.x += 7.7;
    plan.transition = Transition{TransitionKind::slide, Direction::up, 0.05f * static_cast<float>(n), 0, {}};
    return plan;
  };
  std::vector<Frame> expected;
  for (int n = 0; n < 16; ++n) {
    expected.push_back(bench.render(plan_of(n)));
  }
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 32; ++i) {
        int n = (i * 5 + static_cast<int>(t) * 3) % 16;
        FramePlan plan = plan_of(n);
        Frame frame(plan.width, plan.height, plan.format);
        bool rendered = static_cast<bool>(bench.device().render(plan, frame.view()));
        wrong[t] += rendered && frame == expected[static_cast<std::size_t>(n)] ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(wrong == std::vector<int>(4, 0));
}

TEST_CASE("plans out of range are refused with a sentence") {
  Bench bench;
  PictureId picture = bench.add(noise_raster(8, 8, 15));
  FramePlan good = picture_plan(picture, 8, 8, Rect{0, 0, 8, 8});
  good.layer_count = 2;
  good.layers[1] = good.layers[0];
  good.overlay_count = 1;
  good.overlays[0].picture = picture;
  bench.render(good);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  using Break = void (*)(FramePlan*, double, double);
  const Break breaks[] = {
      [](FramePlan* p, double, double) { p->width = 7; },
      [](FramePlan* p, double, double) { p->height = 0; },
      [](FramePlan* p, double, double) { p->width = 8194; },
      [](FramePlan* p, double, double) { p->width = 128; },  // its rows are longer than the frame's stride
      [](FramePlan* p, double, double) { p->format = PixelFormat::yuv420p; },  // whose planes are missing
      [](FramePlan* p, double, double) { p->layer_count = 3; },
      [](FramePlan* p, double, double) { p->layer_count = -1; },
      [](FramePlan* p, double, double) { p->overlay_count = 33; },
      [](FramePlan* p, double, double) { p->layers[1].picture = 99; },
      [](FramePlan* p, double, double) { p->overlays[0].picture = 99; },
      [](FramePlan* p, double, double) { p->layers[0].level = -1; },
      [](FramePlan* p, double nan, double) { p->layers[0].source.x = nan; },
      [](FramePlan* p, double, double infinity) { p->layers[0].source.h = infinity; },
      [](FramePlan* p, double, double) { p->layers[0].source.w = 0; },
      [](FramePlan* p, double, double) { p->layers[0].source.w = 1e9; },
      [](FramePlan* p, double nan, double) { p->overlays[0].y = nan; },
      [](FramePlan* p, double, double) { p->overlays[0].opacity = 1.5f; },
      [](FramePlan* p, double, double) { p->overlays[0].layer = 2; },
      [](FramePlan* p, double nan, double) { p->transition.progress = static_cast<float>(nan); },
      [](FramePlan* p, double, double) { p->transition.progress = 1.01f; },
      [](FramePlan* p, double, double) { p->transition.softness = -0.1f; },
      [](FramePlan* p, double, double) { p->transition.kind = static_cast<TransitionKind>(9); },
      [](FramePlan* p, double nan, double) { p->background.g = static_cast<float>(nan); },
  };
  for (std::size_t i = 0; i < std::size(breaks); ++i) {
    FramePlan plan = good;
    breaks[i](&plan, nan, infinity);
    CAPTURE(i);
    CHECK(code_of(&bench, plan) == Code::invalid_request);
  }
}

TEST_CASE("levels that were not kept cannot be sampled, levels beyond the last are the last") {
  Bench bench;
  PictureId picture = bench.add(noise_raster(40, 40, 16), 2);
  FramePlan plan = picture_plan(picture, 8, 8, Rect{0, 0, 40, 40}, 1);
  CHECK(code_of(&bench, plan) == Code::invalid_request);
  plan.layers[0].level = 2;
  bench.render(plan);
  plan.layers[0].level = 12;  // the even ones: 40 20 10 5 3 2 1
  Frame last = bench.render(plan);
  plan.layers[0].level = 30;
  CHECK(bench.render(plan) == last);
  plan.layer_count = 0;
  plan.overlay_count = 1;
  plan.overlays[0].picture = picture;
  CHECK(code_of(&bench, plan) == Code::invalid_request);
}

TEST_CASE("a level is the same whether the levels before it were kept or not") {
  struct Size {
    int width, height;
    bool has_alpha;
  };
  auto size = GENERATE(Size{2, 2, false}, Size{701, 463, false}, Size{301, 350, true}, Size{16384, 3, false});
  const Raster raster = noise_raster(size.width, size.height, 21, size.has_alpha);
  Bench bench;
  PictureId all = bench.add(raster);
  for (int level : {1, 2, 3, 4}) {
    FramePlan plan =
        picture_plan(all, 66, 34, Rect{0.3, 0.1, std::min(size.width, 700) - 0.5, 1.0 * size.height}, level);
    plan.background = {0.3f, 0.5f, 0.1f};
    const Frame frame = bench.render(plan);
    plan.layers[0].picture = bench.add(raster, level);
    CAPTURE(size.width, level);
    CHECK(bench.render(plan) == frame);
  }
}

TEST_CASE("a picture shrunk beyond the filter's reach is refused, not rendered slowly") {
  Bench bench;
  PictureId picture = bench.add(noise_raster(2000, 2, 17));
  CHECK(code_of(&bench, picture_plan(picture, 2, 2, Rect{0, 0, 2000, 2})) == Code::invalid_request);
  bench.render(picture_plan(picture, 2, 2, Rect{0, 0, 2000, 2}, 18));
}

TEST_CASE("uploads out of range are refused and released pictures are gone") {
  Bench bench;
  Raster raster(2, 2);
  PictureView view = raster.view();
  view.width = 0;
  CHECK(bench.device().upload(view, {}).error().code == Code::invalid_request);
  view.width = 32769;
  CHECK(bench.device().upload(view, {}).error().code == Code::picture_too_large);
  view = raster.view();
  view.stride_bytes = 7;
  CHECK(bench.device().upload(view, {}).error().code == Code::invalid_request);
  CHECK(bench.device().upload(raster.view(), {-1}).error().code == Code::invalid_request);
  PictureId picture = bench.add(raster);
  bench.device().release(picture);
  CHECK(code_of(&bench, picture_plan(picture, 2, 2, Rect{0, 0, 2, 2})) == Code::invalid_request);
}

}  // namespace reeld::kernels
