// gpu_check [cuda|vulkan] [PLANS]: what scripts/gpu-check runs on a machine with a GPU and little else.
// Checks the device against the CPU and the reference, then measures the frame kernel. Exit status 0 where
// the device is right.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "agree.hpp"
#include "kernels/cuda/cuda_backend.hpp"
#include "kernels/vulkan/vulkan_backend.hpp"
#include "measure.hpp"

using namespace reeld;
using namespace reeld::kernels;

namespace {

int fail(const std::string& why) {
  std::fprintf(stderr, "gpu_check: %s\n", why.c_str());
  return 1;
}

int measure(GpuBackend& memory, GpuDevice& device) {
  const GpuBackend::PeakRates peaks = memory.peak_rates();
  const auto copy_rate = device.copy_rate();
  if (!copy_rate) return fail(copy_rate.error().message);
  std::printf("copy %.0f GB/s; peak %.1f T multiply-adds/s, %.1f T float operations/s\n", *copy_rate / 1e9,
              peaks.multiply_adds / 1e12, peaks.float_operations / 1e12);
  const auto figures = measure_kernel(memory, device, peaks);
  if (!figures) return fail(figures.error().message);
  std::printf("%-22s %10s %12s %16s %15s\n", "", "kernel ms", "bytes floor", "operations floor",
              "of larger floor");
  for (const KernelFigure& figure : *figures) {
    std::printf("%-22s %10.4f %12.4f %16.4f %14.0f%%\n", figure.name.c_str(), figure.kernel,
                figure.bytes_floor, figure.operations_floor, 100 * figure.share());
  }
  const auto measuring = measure_measuring(device);
  if (!measuring) return fail(measuring.error().message);
  std::printf("%-22s %10.4f %12.4f %16s %14.0f%%\n", measuring->name.c_str(), measuring->kernel,
              measuring->bytes_floor, "", 100 * measuring->share());
  const auto throughput = measure_throughput(memory, device);
  if (!throughput) return fail(throughput.error().message);
  std::printf("J2's frames, 3840x2160: %.0f a second, %.1f times 60\n", *throughput, *throughput / 60);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  const std::string kind = count > 1 ? words[1] : "cuda";
  const int plans = count > 2 ? std::atoi(words[2]) : 400;
  for (const DeviceInfo& info : list_devices()) {
    std::printf("%-7s %d  %s\n", std::string(device_kind_name(info.kind)).c_str(), info.index,
                info.why_not.empty() ? info.name.c_str() : ("no: " + info.why_not).c_str());
  }
  auto backend = kind == "vulkan" ? open_vulkan_backend(0) : open_cuda_backend(0);
  if (!backend) return fail(backend.error().message);
  // The device's own: on Vulkan no other's surfaces have an address that its kernel knows.
  GpuBackend& memory = **backend;
  GpuDevice device(*std::move(backend));
  const std::string wrong = disagreement(device, plans);
  if (!wrong.empty()) return fail(wrong);
  std::printf("%d random plans: the CPU's very bytes, at most one code value from the float64 reference\n",
              plans);
  const std::string mismeasured = measuring_disagreement(device);
  if (!mismeasured.empty()) return fail(mismeasured);
  std::printf("pictures of nine sizes measure the CPU's very numbers\n");
  if (plans < 100 || device.info().is_emulated) {
    std::printf("not measured: %s\n",
                plans < 100 ? "few plans, as under a sanitizer" : "the device is emulated on the CPU");
    return 0;
  }
  return measure(memory, device);
}
