#include "measure.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "made_up.hpp"

namespace reeld::kernels {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPictureWidth = 4032;
constexpr int kPictureHeight = 3024;
constexpr int kLaunches = 60;

struct Shown {
  PictureId first = 0, second = 0, text = 0;
};

Result<Shown> upload_all(Device& device) {
  Shown shown;
  const Raster picture = noise_raster(kPictureWidth, kPictureHeight, 1);
  const Raster text = noise_raster(900, 120, 2, true);
  REELD_ASSIGN(shown.first, device.upload(picture.view(), {0, 0}));
  REELD_ASSIGN(shown.second, device.upload(picture.view(), {0, 0}));
  REELD_ASSIGN(shown.text, device.upload(text.view(), {0, 0}));
  return shown;
}

double sample_bytes(PixelFormat format) {
  return format == PixelFormat::p010 ? 2 : 1;
}

// A surface as an encoder has it: nv12 or p010, rows at multiples of 256 bytes.
struct Surface {
  DeviceAddress address = 0;
  FrameView view;
};

Result<Surface> make_surface(GpuBackend& memory, int width, int height, PixelFormat format) {
  const auto row_bytes = static_cast<std::size_t>(width * sample_bytes(format));
  const std::size_t stride = (row_bytes + 255) / 256 * 256;
  const auto rows = static_cast<std::size_t>(height);
  Surface surface;
  REELD_ASSIGN(surface.address, memory.allocate(stride * rows * 3 / 2));
  surface.view.on_device = true;
  surface.view.planes[0] = reinterpret_cast<std::uint8_t*>(surface.address);
  surface.view.planes[1] = reinterpret_cast<std::uint8_t*>(surface.address + stride * rows);
  surface.view.stride_bytes[0] = surface.view.stride_bytes[1] = stride;
  return surface;
}

// `zoom` 1 shows the picture's whole width.
FramePlan plan_of(const Shown& shown, int width, int height, int layers, bool with_text, double zoom) {
  const double w = kPictureWidth / zoom;
  const Rect source{3.3, 300.7, w - 8, (w - 8) * height / width};
  FramePlan plan = picture_plan(shown.first, width, height, source, 0);
  plan.format = PixelFormat::nv12;
  plan.layer_count = layers;
  plan.layers[1] = {shown.second, source, 0};
  plan.transition = {TransitionKind::crossfade, Direction::left, 0.4f, 0, {}};
  plan.overlay_count = with_text ? 1 : 0;
  plan.overlays[0] = {shown.text, width / 4.0 + 0.5, height * 0.8, 1, 0};
  return plan;
}

// What one frame asks at the least: every source pixel once (8 bytes), every output byte once, and the
// filter's own multiplications: across for every source row and frame column, down for every frame pixel, of
// three channels.
struct Demand {
  double bytes = 0, multiply_adds = 0, float_operations = 0;
};

Demand demand_of(const FramePlan& plan) {
  constexpr double kEncodeOperations = 60;  // of a pixel: the curve, the matrix, the dither
  const double pixels = static_cast<double>(plan.width) * plan.height;
  const Rect& source = plan.layers[0].source;
  const double scale = std::max(1.0, source.w / plan.width);
  const double taps = 4 * scale;
  Demand demand;
  demand.bytes = pixels * 1.5 * sample_bytes(plan.format) + plan.layer_count * source.w * source.h * 8;
  demand.multiply_adds = plan.layer_count * source.h * plan.width * taps * 3;
  demand.float_operations = plan.layer_count * pixels * taps * 3 * 2 + pixels * kEncodeOperations;
  return demand;
}

// Of many: the kernel by the device's clock, or as the host saw it where it has none.
template <class Launch>
Result<double> median_milliseconds(GpuDevice& device, Launch launch) {
  std::vector<double> times;
  for (int i = 0; i < kLaunches; ++i) {
    const double before = device.usage().gpu_seconds;
    const auto start = Clock::now();
    REELD_TRY(launch());
    const double seen = std::chrono::duration<double>(Clock::now() - start).count();
    const double kernel = device.usage().gpu_seconds - before;
    times.push_back((kernel > 0 ? kernel : seen) * 1e3);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

}  // namespace

double KernelFigure::share() const {
  return std::max(bytes_floor, operations_floor) / kernel;
}

Result<std::vector<KernelFigure>> measure_kernel(GpuBackend& memory, GpuDevice& device,
                                                 const GpuBackend::PeakRates& peaks) {
  struct Case {
    const char* name;
    int width, height, layers;
    bool with_text;
    PixelFormat format = PixelFormat::nv12;
  };
  constexpr Case kCases[] = {
      {"1080p one layer", 1920, 1080, 1, false},
      {"1080p crossfade", 1920, 1080, 2, false},
      {"1080p crossfade+text", 1920, 1080, 2, true},
      {"4K one layer", 3840, 2160, 1, false},
      {"4K crossfade", 3840, 2160, 2, false},
      {"4K crossfade+text", 3840, 2160, 2, true},
      {"1080p one layer, p010", 1920, 1080, 1, false, PixelFormat::p010},
      {"4K one layer, p010", 3840, 2160, 1, false, PixelFormat::p010},
  };
  REELD_ASSIGN(const Shown shown, upload_all(device));
  REELD_ASSIGN(const double copy_rate, device.copy_rate());
  std::vector<KernelFigure> figures;
  for (const Case& c : kCases) {
    FramePlan plan = plan_of(shown, c.width, c.height, c.layers, c.with_text, 1);
    plan.format = c.format;
    const Demand demand = demand_of(plan);
    REELD_ASSIGN(const Surface surface, make_surface(memory, c.width, c.height, c.format));
    KernelFigure figure{c.name, 0, demand.bytes / copy_rate * 1e3, 0};
    if (peaks.multiply_adds > 0) {
      figure.operations_floor =
          (demand.multiply_adds / peaks.multiply_adds + demand.float_operations / peaks.float_operations) *
          1e3;
    }
    REELD_ASSIGN(figure.kernel,
                 median_milliseconds(device, [&] { return device.render(plan, surface.view); }));
    memory.free(surface.address);
    figures.push_back(figure);
  }
  for (PictureId id : {shown.first, shown.second, shown.text}) {
    device.release(id);
  }
  return figures;
}

Result<KernelFigure> measure_measuring(GpuDevice& device) {
  const Raster picture = noise_raster(kPictureWidth, kPictureHeight, 1);
  REELD_ASSIGN(const double copy_rate, device.copy_rate());
  const double bytes = 4.0 * kPictureWidth * kPictureHeight;
  KernelFigure figure{"measuring 4032x3024", 0, bytes / copy_rate * 1e3, 0};
  REELD_ASSIGN(figure.kernel, median_milliseconds(device, [&] { return device.measure(picture.view(), 1); }));
  return figure;
}

Result<double> measure_throughput(GpuBackend& memory, GpuDevice& device) {
  constexpr int kFrames = 240;
  REELD_ASSIGN(const Shown shown, upload_all(device));
  std::vector<Surface> surfaces;
  for (int i = 0; i < kLaunchSlots; ++i) {
    REELD_ASSIGN(const Surface surface, make_surface(memory, 3840, 2160, PixelFormat::nv12));
    surfaces.push_back(surface);
  }
  std::atomic<int> next = 0;
  std::atomic<bool> failed = false;
  const auto start = Clock::now();
  std::vector<std::thread> threads;
  for (const Surface& surface : surfaces) {
    threads.emplace_back([&] {
      for (int n = next++; n < kFrames; n = next++) {
        // A crossfade in every fifth second, as J2 has it.
        const FramePlan plan = plan_of(shown, 3840, 2160, n % 5 == 0 ? 2 : 1, true, 1 + 0.04 * n / kFrames);
        failed = failed || !device.render(plan, surface.view);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  for (const Surface& surface : surfaces) {
    memory.free(surface.address);
  }
  if (failed) {
    return Error{Code::device_lost, "a frame of the throughput run failed"};
  }
  return kFrames / seconds;
}

}  // namespace reeld::kernels
