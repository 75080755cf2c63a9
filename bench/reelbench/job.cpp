#include "bench/reelbench/job.hpp"

#include <spdlog/fmt/fmt.h>

#include <cstdio>
#include <vector>

#include "bench/reelbench/private_daemon.hpp"
#include "bench/reelbench/raw_frames.hpp"
#include "bench/reelbench/stage.hpp"

namespace reeld::bench {
namespace {

struct Part {
  std::string name;
  std::vector<Json> runs;
};

// The figures that follow from what was measured.
Json with_rates(Json run) {
  const auto frames = run.at("frames").get<double>();
  run["frames_per_second"] = frames / run.at("wall_seconds").get<double>();
  run["frames_per_cpu_second"] = frames / run.at("cpu_seconds").get<double>();
  return run;
}

// Of each round's own two runs, which met the same load, and then the median.
double ratio(const Part& of, const Part& to, const char* figure) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < of.runs.size(); ++i) {
    ratios.push_back(of.runs[i].at(figure).get<double>() / to.runs[i].at(figure).get<double>());
  }
  return median(ratios);
}

// One scene's film of a few frames: the workers have then read their libraries and fonts.
Json warm_up_request(const JobBench& bench) {
  StandardJob job = bench.job;
  job.scene_seconds = 0.5;
  job.transition_seconds = 0.1;
  Json request = request_of(job, bench.settings);
  request["scenes"].erase(request["scenes"].begin() + 1, request["scenes"].end());
  request["scenes"][0].erase("transition");
  return request;
}

void tell(const std::string& name, const Json& run) {
  std::fprintf(stderr, "%-7s %7.2f s wall, %7.2f s cpu, %6.1f frames/s; others used %.1f s of cpu\n",
               name.c_str(), run.at("wall_seconds").get<double>(), run.at("cpu_seconds").get<double>(),
               run.at("frames_per_second").get<double>(), run.at("other_cpu_seconds").get<double>());
}

// Cores that others kept busy while the parts ran, on average.
double busy_cores(const Json& report) {
  double others = 0, wall = 0;
  for (const Json& result : report.at("results")) {
    for (const Json& run : result.at("runs")) {
      others += run.at("other_cpu_seconds").get<double>();
      wall += run.at("wall_seconds").get<double>();
    }
  }
  return others / wall;
}

Json report_of(const JobBench& bench, const engine::SlotLayout& layout, const std::vector<Part>& parts) {
  Json report = new_report("job", {{"job", bench.job.name},
                                   {"width", bench.job.width},
                                   {"height", bench.job.height},
                                   {"fps", bench.job.fps},
                                   {"preset", bench.settings.preset},
                                   {"encoder", bench.settings.encoder},
                                   {"device", bench.settings.device},
                                   {"slots", layout.slots},
                                   {"threads_per_slot", layout.threads_per_slot},
                                   {"repetitions", bench.repetitions}});
  for (const Part& part : parts) add_result(report, part.name, part.runs);
  const Part &render = parts[0], &encode = parts[1], &whole = parts[2];
  report["ratios"] = {
      {"whole_to_encode_frames_per_second", ratio(whole, encode, "frames_per_second")},
      {"render_to_encode_frames_per_cpu_second", ratio(render, encode, "frames_per_cpu_second")}};
  return report;
}

}  // namespace

Result<Json> run_job_bench(const JobBench& bench, const std::atomic<bool>& cancelled) {
  const engine::SlotLayout layout = engine::slot_layout(bench.threads);
  const Json request = request_of(bench.job, bench.settings);
  REELD_ASSIGN(const engine::Plan plan, plan_of(request, bench.inputs));
  const FrameShape shape{kernels::PixelFormat::yuv420p, bench.job.width, bench.job.height};
  REELD_ASSIGN(const auto frames, RawFrames::create(shape, plan.frame_count));
  const auto stage = [&](const char* name) {
    return run_stage({name, request, bench.inputs, layout, frames->path()}, cancelled);
  };

  std::fprintf(stderr, "%s: %lld frames, %d slots of %d threads; rendering them once for the encoder\n",
               bench.job.name.c_str(), static_cast<long long>(plan.frame_count), layout.slots,
               layout.threads_per_slot);
  REELD_TRY(stage("keep"));
  REELD_ASSIGN(const auto daemon, PrivateDaemon::start(layout));
  REELD_TRY(daemon->run(warm_up_request(bench), bench.inputs, cancelled));

  std::vector<Part> parts = {{"render", {}}, {"encode", {}}, {"whole", {}}};
  for (int round = 0; round < bench.repetitions; ++round) {
    for (Part& part : parts) {
      REELD_ASSIGN(const Json run, part.name == "whole" ? daemon->run(request, bench.inputs, cancelled)
                                                        : stage(part.name.c_str()));
      part.runs.push_back(with_rates(run));
      tell(part.name, part.runs.back());
    }
  }
  return report_of(bench, layout, parts);
}

std::string job_table(const Json& report) {
  std::string out = fmt::format("{:<8}{:>9}{:>9}{:>10}{:>14}{:>10}\n", "", "wall s", "cpu s", "frames/s",
                                "frames/cpu s", "peak MB");
  for (const Json& result : report.at("results")) {
    const Json& median = result.at("median");
    const auto figure = [&](const char* name) { return median.at(name).get<double>(); };
    out +=
        fmt::format("{:<8}{:>9.2f}{:>9.2f}{:>10.1f}{:>14.1f}{:>10.0f}\n",
                    result.at("name").get<std::string>(), figure("wall_seconds"), figure("cpu_seconds"),
                    figure("frames_per_second"), figure("frames_per_cpu_second"), figure("peak_memory_mb"));
  }
  const Json& ratios = report.at("ratios");
  out += fmt::format("whole to encode alone, frames/s:            {:.3f}\n",
                     ratios.at("whole_to_encode_frames_per_second").get<double>());
  out += fmt::format("render to encode alone, frames/s of a core: {:.3f}\n",
                     ratios.at("render_to_encode_frames_per_cpu_second").get<double>());
  out += fmt::format("job accepted to first frame in the encoder: {:.0f} ms\n",
                     report.at("results").at(2).at("median").at("first_frame_ms").get<double>());
  out += fmt::format("cores that others kept busy meanwhile:      {:.2f}\n", busy_cores(report));
  return out;
}

}  // namespace reeld::bench
