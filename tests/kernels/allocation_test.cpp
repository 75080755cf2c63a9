// Rendering asks for no memory once it is under way: this program's operator new counts.
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>

#include "picture_fixture.hpp"

namespace {

std::atomic<bool> is_counting = false;
std::atomic<int> allocations = 0;

void* counted(std::size_t bytes, std::size_t alignment) {
  if (is_counting) {
    ++allocations;
  }
  void* memory = alignment > __STDCPP_DEFAULT_NEW_ALIGNMENT__
                     ? std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment)
                     : std::malloc(bytes);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}

}  // namespace

void* operator new(std::size_t bytes) {
  return counted(bytes, 1);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return counted(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace reeld::kernels {

TEST_CASE("on the CPU a frame like the one before allocates nothing") {
  Bench bench;
  PictureId picture = bench.add(noise_raster(300, 200, 71));
  PictureId text = bench.add(noise_raster(60, 20, 72, true));
  auto plan_of = [&](int n) {
    FramePlan plan = picture_plan(picture, 128, 72, Rect{n * 0.3, 2, 270 - n * 0.5, 150 - n * 0.3});
    plan.format = PixelFormat::yuv420p;
    plan.layer_count = 2;
    plan.layers[1] = plan.layers[0];
    plan.transition = {TransitionKind::crossfade, Direction::left, 0.5f, 0, {}};
    plan.overlay_count = 1;
    plan.overlays[0] = Overlay{text, 10.5, 30.25, 1, Overlay::kOnTop};
    return plan;
  };
  Frame frame(128, 72, PixelFormat::yuv420p);
  const FrameView view = frame.view();
  REQUIRE(bench.device().render(plan_of(0), view));
  bool rendered = true;
  is_counting = true;
  for (int n = 1; n < 20; ++n) {
    rendered = rendered && bench.device().render(plan_of(n), view);
  }
  is_counting = false;
  CHECK(rendered);
  CHECK(allocations == 0);
}

}  // namespace reeld::kernels
