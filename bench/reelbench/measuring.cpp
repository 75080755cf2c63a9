#include "bench/reelbench/measuring.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>
#include <vector>

#include "bench/reelbench/synthetic_picture.hpp"
#include "kernels/device.hpp"

namespace reeld::bench {
namespace {

using kernels::Device;
using kernels::DeviceKind;

std::vector<std::unique_ptr<Device>> devices_named(const std::string& name) {
  std::vector<std::unique_ptr<Device>> devices;
  for (const kernels::DeviceInfo& info : kernels::list_devices()) {
    if (!info.why_not.empty() || (name != "all" && name != kernels::device_kind_name(info.kind))) continue;
    auto device = kernels::open_device(info.kind, info.index);
    if (device) devices.push_back(*std::move(device));
  }
  return devices;
}

// Of one measurement: as its caller sees it, and on a GPU its kernel alone, without sending the picture.
Result<Json> measure_once(Device& device, const kernels::PictureView& picture, int threads,
                          double copy_rate) {
  const double before = device.usage().gpu_seconds;
  const std::clock_t worked_before = std::clock();
  const auto start = std::chrono::steady_clock::now();
  REELD_TRY(device.measure(picture, threads));
  const std::chrono::duration<double, std::milli> seen = std::chrono::steady_clock::now() - start;
  const double worked = static_cast<double>(std::clock() - worked_before) / CLOCKS_PER_SEC * 1e3;
  const double kernel = (device.usage().gpu_seconds - before) * 1e3;
  const double bytes = static_cast<double>(picture.stride_bytes) * picture.height;
  const double bytes_per_second = bytes / (kernel > 0 ? kernel : seen.count()) * 1e3;
  Json run = {{"ms", seen.count()},
              {"cpu_ms", worked},
              {"gb_per_second", bytes_per_second * 1e-9},
              {"share_of_copy_rate", bytes_per_second / copy_rate}};
  if (kernel > 0) run["kernel_ms"] = kernel;
  return run;
}

}  // namespace

Result<Json> run_measuring_bench(const MeasuringBench& bench) {
  const auto devices = devices_named(bench.device);
  if (devices.empty()) {
    return Error{Code::device_unavailable,
                 "no device " + bench.device + " opens here; `reelbench devices` says why", "--device"};
  }
  const auto pixels = synthetic_picture(bench.width, bench.height, 4, 1);
  const kernels::PictureView picture = {pixels.data(), bench.width, bench.height,
                                        static_cast<std::size_t>(bench.width) * 4};
  Json report = new_report("measure", {{"width", bench.width},
                                       {"height", bench.height},
                                       {"repetitions", bench.repetitions},
                                       {"devices", Json::object()}});
  for (const auto& device : devices) {
    const std::string kind(kernels::device_kind_name(device->info().kind));
    REELD_ASSIGN(const double copy_rate, device->copy_rate());
    report["settings"]["devices"][kind] = {{"name", device->info().name},
                                           {"copy_gb_per_second", copy_rate * 1e-9}};
    const bool is_cpu = device->info().kind == DeviceKind::cpu;
    for (const int threads : is_cpu ? std::vector{1, 2} : std::vector{1}) {
      std::vector<Json> runs;
      for (int i = 0; i < bench.repetitions; ++i) {
        REELD_ASSIGN(runs.emplace_back(), measure_once(*device, picture, threads, copy_rate));
      }
      add_result(report,
                 is_cpu ? fmt::format("{} {} thread{}", kind, threads, threads == 1 ? "" : "s") : kind, runs);
    }
  }
  return report;
}

std::string measuring_table(const Json& report) {
  const Json& settings = report.at("settings");
  std::string out = fmt::format("{}x{}\n", settings.at("width").get<int>(), settings.at("height").get<int>());
  for (const auto& [kind, device] : settings.at("devices").items()) {
    out += fmt::format("{}: {}, copies {:.1f} GB/s\n", kind, device.at("name").get<std::string>(),
                       device.at("copy_gb_per_second").get<double>());
  }
  out += fmt::format("{:<16}{:>10}{:>10}{:>10}{:>11}{:>8}{:>9}\n", "", "ms", "best ms", "CPU ms", "kernel ms",
                     "GB/s", "of copy");
  for (const Json& result : report.at("results")) {
    const Json& median = result.at("median");
    double best = median.at("ms").get<double>();
    for (const Json& run : result.at("runs")) best = std::min(best, run.at("ms").get<double>());
    const std::string kernel =
        median.contains("kernel_ms") ? fmt::format("{:.3f}", median.at("kernel_ms").get<double>()) : "-";
    out += fmt::format("{:<16}{:>10.2f}{:>10.2f}{:>10.2f}{:>11}{:>8.2f}{:>9.3f}\n",
                       result.at("name").get<std::string>(), median.at("ms").get<double>(), best,
                       median.at("cpu_ms").get<double>(), kernel, median.at("gb_per_second").get<double>(),
                       median.at("share_of_copy_rate").get<double>());
  }
  return out;
}

}  // namespace reeld::bench
