// What is a GPU's own: the budget for pictures, pictures larger than it, several frames in one launch,
// surfaces on the device. On every GPU that opens here, lavapipe included; the frames are held against the
// CPU's.
#include <catch2/catch.hpp>
#include <thread>

#include "kernels/cuda/cuda_backend.hpp"
#include "kernels/gpu/gpu_device.hpp"
#include "kernels/reduced.hpp"
#include "kernels/vulkan/vulkan_backend.hpp"
#include "picture_fixture.hpp"

namespace reeld::kernels {
namespace {

std::vector<std::unique_ptr<GpuBackend>> every_backend() {
  std::vector<std::unique_ptr<GpuBackend>> backends;
  for (const DeviceInfo& info : list_devices()) {
    if (info.kind != DeviceKind::cpu && info.why_not.empty()) {
      auto opened =
          info.kind == DeviceKind::cuda ? open_cuda_backend(info.index) : open_vulkan_backend(info.index);
      REQUIRE(opened);
      backends.push_back(*std::move(opened));
    }
  }
  return backends;
}

// Two layers and a text, at level 0.
FramePlan busy_plan(PictureId first, PictureId second, PictureId text, double shift) {
  FramePlan plan = picture_plan(first, 160, 96, Rect{shift, 3.5, 300, 180});
  plan.format = PixelFormat::nv12;
  plan.layer_count = 2;
  plan.layers[1] = {second, Rect{4.25, shift, 310, 190}, 0};
  plan.transition = {TransitionKind::wipe, Direction::down, 0.6f, 0.2f, {}};
  plan.overlay_count = 1;
  plan.overlays[0] = Overlay{text, 20.5, 30.25, 0.9f, Overlay::kOnTop};
  return plan;
}

struct Pictures {
  Raster first = noise_raster(400, 250, 61), second = noise_raster(390, 240, 62),
         text = noise_raster(60, 20, 63, true);
};

std::vector<PictureId> add_all(Bench* bench, const Pictures& pictures) {
  return {bench->add(pictures.first), bench->add(pictures.second), bench->add(pictures.text)};
}

}  // namespace

TEST_CASE("frames are the same whatever room a GPU has for pictures") {
  const Pictures pictures;
  Bench cpu;
  const auto on_cpu = add_all(&cpu, pictures);
  // Level 0 of the first takes 400 * 250 * 8 = 800000 bytes. With room for both layers, for one at a time,
  // and for no whole one, so that frames are made in bands of rows.
  for (std::size_t budget : {8'000'000u, 3'300'000u, 700'000u, 250'000u}) {
    for (auto& backend : every_backend()) {
      Bench gpu(std::make_unique<GpuDevice>(std::move(backend), budget));
      INFO(device_title(gpu.device()) << " with " << budget << " bytes");
      const auto on_gpu = add_all(&gpu, pictures);
      for (int n = 0; n < 4; ++n) {
        FramePlan plan = busy_plan(on_gpu[0], on_gpu[1], on_gpu[2], 2.3 * n);
        FramePlan expected = busy_plan(on_cpu[0], on_cpu[1], on_cpu[2], 2.3 * n);
        plan.format = expected.format = n % 2 == 0 ? PixelFormat::nv12 : PixelFormat::p010;
        CHECK(gpu.render(plan) == cpu.render(expected));
      }
    }
  }
}

TEST_CASE("a frame whose pictures never fit is refused with a sentence") {
  for (auto& backend : every_backend()) {
    Bench gpu(std::make_unique<GpuDevice>(std::move(backend), 20'000));
    const PictureId picture = gpu.add(noise_raster(3000, 40, 64));
    Frame frame(64, 32, PixelFormat::rgb24);
    FramePlan plan = picture_plan(picture, 64, 32, Rect{0, 0, 3000, 40}, 0);
    auto result = gpu.device().render(plan, frame.view());
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Code::limit_exceeded);
  }
}

TEST_CASE("pictures come and go under threads that render") {
  const Pictures pictures;
  Bench cpu;
  const auto on_cpu = add_all(&cpu, pictures);
  const Frame expected = cpu.render(busy_plan(on_cpu[0], on_cpu[1], on_cpu[2], 1.5));
  for (auto& backend : every_backend()) {
    GpuDevice device(std::move(backend), 3'300'000);
    std::vector<int> wrong(4, 0);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < wrong.size(); ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 6; ++i) {
          std::vector<PictureId> ids;
          for (const Raster* raster : {&pictures.first, &pictures.second, &pictures.text}) {
            auto id = device.upload(raster->view(), {0, 1});
            ids.push_back(id ? *id : 0);
          }
          Frame frame(160, 96, PixelFormat::nv12);
          const auto rendered = device.render(busy_plan(ids[0], ids[1], ids[2], 1.5), frame.view());
          wrong[t] += rendered && frame == expected ? 0 : 1;
          for (PictureId id : ids) {
            device.release(id);
          }
        }
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    CHECK(wrong == std::vector<int>(4, 0));
  }
}

TEST_CASE("several frames in one launch are the frames one by one") {
  const Pictures pictures;
  for (auto& device : every_device()) {
    Bench bench(std::move(device));
    INFO(device_title(bench.device()));
    const auto ids = add_all(&bench, pictures);
    std::vector<FramePlan> plans;
    std::vector<Frame> frames;
    for (int n = 0; n < 5; ++n) {
      constexpr PixelFormat kFormats[] = {PixelFormat::nv12, PixelFormat::nv12, PixelFormat::p010,
                                          PixelFormat::yuv420p, PixelFormat::p010};
      plans.push_back(busy_plan(ids[0], ids[1], ids[2], 1.1 * n));
      plans.back().format = kFormats[n];
      frames.emplace_back(160, 96, plans.back().format);
    }
    plans[1].width = 158;
    frames[1] = Frame(158, 96, PixelFormat::nv12);
    std::vector<FrameView> views;
    for (Frame& frame : frames) {
      views.push_back(frame.view());
    }
    REQUIRE(bench.device().render_all(plans, views));
    for (std::size_t n = 0; n < plans.size(); ++n) {
      CHECK(frames[n] == bench.render(plans[n]));
    }
  }
}

TEST_CASE("a frame is written straight into a surface on the GPU, and its reduced luma comes back") {
  const Pictures pictures;
  const auto format = GENERATE(PixelFormat::nv12, PixelFormat::p010);
  const std::size_t sample = format == PixelFormat::p010 ? 2 : 1;  // bytes
  const std::size_t row = 160 * sample, stride = 256 * sample;
  for (auto& backend : every_backend()) {
    GpuBackend* memory = backend.get();
    Bench gpu(std::make_unique<GpuDevice>(std::move(backend)));
    const auto ids = add_all(&gpu, pictures);
    FramePlan plan = busy_plan(ids[0], ids[1], ids[2], 0.7);
    plan.format = format;
    const auto surface = memory->allocate(stride * 96 * 3 / 2);
    REQUIRE(surface);
    FrameView view;
    view.on_device = true;
    view.planes[0] = reinterpret_cast<std::uint8_t*>(*surface);
    view.planes[1] = reinterpret_cast<std::uint8_t*>(*surface + stride * 96);
    view.stride_bytes[0] = view.stride_bytes[1] = stride;
    std::vector<std::uint16_t> sums(static_cast<std::size_t>(reduced_size(160) * reduced_size(96)));
    view.reduced = sums.data();
    REQUIRE(gpu.device().render(plan, view));
    std::vector<std::uint8_t> bytes(stride * 96 * 3 / 2);
    REQUIRE(memory->download(bytes.data(), *surface, bytes.size()));
    Frame expected = gpu.render(plan);
    std::vector<std::uint16_t> expected_sums(sums.size());
    FrameView on_host = expected.view();
    on_host.reduced = expected_sums.data();
    reduce_columns(plan, on_host, 0, 160);
    CHECK(sums == expected_sums);
    for (std::size_t y = 0; y < 96 + 48; ++y) {
      CHECK(std::equal(expected.bytes.begin() + static_cast<std::ptrdiff_t>(y * row),
                       expected.bytes.begin() + static_cast<std::ptrdiff_t>(y * row + row),
                       bytes.begin() + static_cast<std::ptrdiff_t>(y * stride)));
    }
    view.stride_bytes[1] = row + 1;
    CHECK(gpu.device().render(plan, view).error().code == Code::invalid_request);
    memory->free(*surface);
  }
}

TEST_CASE("the CPU, whose use the operating system counts, has used no GPU") {
  Bench cpu;
  cpu.render(picture_plan(cpu.add(noise_raster(40, 30, 65)), 16, 8, Rect{0, 0, 40, 30}, 0));
  cpu.device().reset_peak_memory();
  CHECK(cpu.device().usage().gpu_seconds == 0);
  CHECK(cpu.device().usage().memory_bytes == 0);
  CHECK(cpu.device().usage().peak_memory_bytes == 0);
}

TEST_CASE("a GPU tells how long its kernels took and how much of its memory is taken") {
  constexpr std::size_t kBudget = 3'300'000;
  constexpr std::size_t kPictureBytes = 390 * 240 * 8;  // level 0 of the second; the first is larger
  constexpr std::size_t kMostOfASlot = 1 << 20;         // a frame of 37 KB, its tables, and half of both more
  const Pictures pictures;
  auto backends = every_backend();
  if (backends.empty()) {
    WARN("skipped: no GPU opens here, not even an emulated one");
  }
  for (auto& backend : backends) {
    Bench gpu(std::make_unique<GpuDevice>(std::move(backend), kBudget));
    INFO(device_title(gpu.device()));
    CHECK(gpu.device().usage().gpu_seconds == 0);
    CHECK(gpu.device().usage().memory_bytes == 0);
    const auto ids = add_all(&gpu, pictures);
    const DeviceUsage uploaded = gpu.device().usage();
    CHECK(uploaded.gpu_seconds == 0);
    CHECK(uploaded.memory_bytes >= kPictureBytes);
    double seconds = 0;
    for (int n = 0; n < 4; ++n) {
      gpu.render(busy_plan(ids[0], ids[1], ids[2], 2.3 * n));
      CHECK(gpu.device().usage().gpu_seconds > seconds);
      seconds = gpu.device().usage().gpu_seconds;
    }
    const DeviceUsage rendered = gpu.device().usage();
    CHECK(rendered.memory_bytes >= 2 * kPictureBytes);
    CHECK(rendered.peak_memory_bytes >= rendered.memory_bytes);
    CHECK(rendered.peak_memory_bytes <= kBudget + kLaunchSlots * kMostOfASlot);
    for (PictureId id : ids) {
      gpu.device().release(id);
    }
    const DeviceUsage released = gpu.device().usage();
    CHECK(released.memory_bytes > 0);  // of slots
    CHECK(released.memory_bytes <= kLaunchSlots * kMostOfASlot);
    CHECK(released.peak_memory_bytes == rendered.peak_memory_bytes);
    gpu.device().reset_peak_memory();
    CHECK(gpu.device().usage().peak_memory_bytes == released.memory_bytes);
    CHECK(gpu.device().usage().gpu_seconds == rendered.gpu_seconds);
  }
}

}  // namespace reeld::kernels
