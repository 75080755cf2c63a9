#include "bench/reelbench/micro.hpp"

#include <benchmark/benchmark.h>
#include <spdlog/fmt/fmt.h>

#include <functional>
#include <map>
#include <optional>

#include "bench/reelbench/synthetic_picture.hpp"
#include "engine/device_choice.hpp"
#include "engine/frame_buffer.hpp"

namespace reeld::bench {
namespace {

using kernels::PictureView;

// What a frame of 1920x1080 samples of the picture, and so what the engine has made of it.
constexpr kernels::LevelRange kUploadedLevels = {1, 1};

constexpr const char* kKernelCounter = "kernel_ms";

// One thing that is done over and over; its first error ends the measurement.
struct Timed {
  std::string name;
  std::int64_t bytes = 0;
  std::function<Result<void>()> once;
};

// Milliseconds of one call.
struct Took {
  double seen = 0;    // by the host's clock
  double kernel = 0;  // by the GPU's own; 0 on the CPU, and where a GPU has no clock
};

// Every repetition, by the benchmark's name.
class Collector final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type == Run::RT_Iteration) {
        took[run.run_name.function_name].push_back(
            {run.GetAdjustedRealTime(), run.counters.at(kKernelCounter).value});
      }
    }
  }
  std::map<std::string, std::vector<Took>> took;
};

struct Picture {
  explicit Picture(FrameSize size, std::uint32_t seed)
      : bytes(synthetic_picture(size.width, size.height, 4, seed)),
        view{bytes.data(), size.width, size.height, static_cast<std::size_t>(size.width) * 4} {}
  std::vector<std::uint8_t> bytes;
  PictureView view;
};

Result<void> upload_and_release(kernels::Device& device, const PictureView& picture) {
  REELD_ASSIGN(const auto id, device.upload(picture, kUploadedLevels));
  device.release(id);
  return {};
}

Result<Collector> time_all(const kernels::Device& device, const std::vector<Timed>& all,
                           const MicroBench& bench) {
  std::optional<Error> failed;
  for (const Timed& timed : all) {
    benchmark::RegisterBenchmark(timed.name.c_str(),
                                 [&failed, &device, &timed](benchmark::State& state) {
                                   const double before = device.usage().gpu_seconds;
                                   for (auto unused : state) {
                                     static_cast<void>(unused);
                                     if (auto done = timed.once(); !done) failed = done.error();
                                   }
                                   const double kernel = device.usage().gpu_seconds - before;
                                   state.counters[kKernelCounter] =
                                       benchmark::Counter(kernel * 1e3, benchmark::Counter::kAvgIterations);
                                 })
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime()
        ->MinTime(bench.min_seconds)
        ->Repetitions(bench.repetitions);
  }
  Collector collector;
  benchmark::RunSpecifiedBenchmarks(&collector, ".");
  benchmark::ClearRegisteredBenchmarks();
  if (failed) return *failed;
  return collector;
}

// The device's memory is at work while its kernel is: where its clock tells, the bytes are set against that.
Json run_of(const Took& took, std::int64_t bytes, double copy_rate) {
  const double at_work = took.kernel > 0 ? took.kernel : took.seen;
  const double bytes_per_second = static_cast<double>(bytes) / at_work * 1e3;
  Json run = {{"ms_per_frame", took.seen},
              {"frames_per_second", 1e3 / took.seen},
              {"bytes", bytes},
              {"gb_per_second", bytes_per_second * 1e-9},
              {"share_of_copy_rate", bytes_per_second / copy_rate}};
  if (took.kernel > 0) run["kernel_ms_per_frame"] = took.kernel;
  return run;
}

}  // namespace

Result<Json> run_micro_bench(const MicroBench& bench) {
  REELD_ASSIGN(const auto device, engine::device_named(bench.device));
  REELD_ASSIGN(const double copy_rate, device->copy_rate());
  const Picture picture(bench.picture, 1), other(bench.picture, 2);
  REELD_ASSIGN(const auto cases, make_micro_cases(*device, bench.sizes, picture.view, other.view));
  std::vector<engine::FrameBuffer> frames;
  std::vector<Timed> all;
  frames.reserve(cases.size());
  for (const MicroCase& one : cases) {
    frames.emplace_back(one.plan.format, one.plan.width, one.plan.height);
    all.push_back({one.name, one.bytes,
                   [&device, &one, view = frames.back().view] { return device->render(one.plan, view); }});
  }
  all.push_back({"upload " + size_name(bench.picture), upload_bytes(picture.view, true, kUploadedLevels),
                 [&] { return upload_and_release(*device, picture.view); }});
  REELD_ASSIGN(const Collector collected, time_all(*device, all, bench));

  Json report = new_report("micro", {{"device", kernels::device_kind_name(device->info().kind)},
                                     {"device_name", device->info().name},
                                     {"copy_gb_per_second", copy_rate * 1e-9},
                                     {"format", "nv12"},
                                     {"min_seconds", bench.min_seconds},
                                     {"repetitions", bench.repetitions}});
  for (const Timed& timed : all) {
    std::vector<Json> runs;
    for (const Took& took : collected.took.at(timed.name)) {
      runs.push_back(run_of(took, timed.bytes, copy_rate));
    }
    add_result(report, timed.name, runs);
  }
  return report;
}

std::string micro_table(const Json& report) {
  const Json& settings = report.at("settings");
  std::string out =
      fmt::format("{}: {}\n{:<28}{:>10}{:>11}{:>10}{:>9}{:>8}{:>9}\n",
                  settings.at("device").get<std::string>(), settings.at("device_name").get<std::string>(), "",
                  "ms/frame", "kernel ms", "frames/s", "MB", "GB/s", "of copy");
  for (const Json& result : report.at("results")) {
    const Json& median = result.at("median");
    const auto figure = [&](const char* name) { return median.at(name).get<double>(); };
    const std::string kernel =
        median.contains("kernel_ms_per_frame") ? fmt::format("{:.3f}", figure("kernel_ms_per_frame")) : "-";
    out += fmt::format("{:<28}{:>10.3f}{:>11}{:>10.1f}{:>9.1f}{:>8.2f}{:>9.3f}\n",
                       result.at("name").get<std::string>(), figure("ms_per_frame"), kernel,
                       figure("frames_per_second"), figure("bytes") * 1e-6, figure("gb_per_second"),
                       figure("share_of_copy_rate"));
  }
  return out;
}

}  // namespace reeld::bench
