#include "engine/device_choice.hpp"

#include <array>
#include <catch2/catch.hpp>

namespace reeld::engine {
namespace {

using kernels::DeviceUsage;

// A frame of 16x8 from a picture as large.
void render_one(kernels::Device& device) {
  const std::array<std::uint8_t, 16 * 8 * 4> pixels = {};
  const auto picture = device.upload({pixels.data(), 16, 8, 16 * 4}, {});
  REQUIRE(picture);
  kernels::FramePlan plan;
  plan.width = 16;
  plan.height = 8;
  plan.format = kernels::PixelFormat::rgb24;
  plan.layer_count = 1;
  plan.layers[0] = {*picture, {0, 0, 16, 8}, 0};
  std::array<std::uint8_t, 16 * 8 * 3> frame = {};
  REQUIRE(device.render(plan, {{frame.data()}, {16 * 3}}));
  device.release(*picture);
}

}  // namespace

TEST_CASE("a device that is not known is refused with its place", "[device_choice]") {
  const auto device = device_named("abacus");
  REQUIRE_FALSE(device);
  CHECK(device.error().code == Code::device_unavailable);
  CHECK(device.error().path == "/output/device");
}

TEST_CASE("what is used of GPUs counts from a task's begin, and for the devices that it names",
          "[device_choice]") {
  begin_device_use();
  const auto gpu = device_named("vulkan");
  if (!gpu) {
    WARN("skipped: " << gpu.error().message);
    return;
  }
  render_one(**gpu);
  const DeviceUsage first = device_use();
  CHECK(first.gpu_seconds > 0);
  CHECK(first.peak_memory_bytes >= 16 * 8 * 8);

  // A task on the CPU has none of what the GPU, still open, holds.
  begin_device_use();
  const auto cpu = device_named("cpu");
  REQUIRE(cpu);
  render_one(**cpu);
  CHECK(device_use().gpu_seconds == 0);
  CHECK(device_use().peak_memory_bytes == 0);

  // The same GPU again: its seconds of before are not counted, its frames are, named twice or not.
  begin_device_use();
  REQUIRE(device_named("vulkan"));
  CHECK(device_use().gpu_seconds == 0);
  render_one(**gpu);
  REQUIRE(device_named("vulkan"));
  const DeviceUsage third = device_use();
  CHECK(third.gpu_seconds > 0);
  CHECK(third.gpu_seconds == Approx((*gpu)->usage().gpu_seconds - first.gpu_seconds));

  // A lost device is forgotten before the task's end is told.
  forget_devices();
  CHECK(device_use().gpu_seconds == third.gpu_seconds);
}

}  // namespace reeld::engine
