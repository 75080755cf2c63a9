#include "bench/reelbench/score_cost.hpp"

#include <spdlog/fmt/fmt.h>

#include <cstdio>
#include <vector>

#include "bench/reelbench/stage.hpp"

namespace reeld::bench {

Result<Json> run_score_bench(const JobBench& bench, const std::atomic<bool>& cancelled) {
  const engine::SlotLayout layout = engine::slot_layout(bench.threads);
  const Json request = request_of(bench.job, bench.settings);
  const auto measured = [&](const char* name) -> Result<Json> {
    REELD_ASSIGN(Json run, run_stage({name, request, bench.inputs, layout, ""}, cancelled));
    run["frames_per_second"] = run.at("frames").get<double>() / run.at("wall_seconds").get<double>();
    std::fprintf(stderr, "%-7s %7.2f s wall, %7.2f s cpu; others used %.1f s of cpu\n", name,
                 run.at("wall_seconds").get<double>(), run.at("cpu_seconds").get<double>(),
                 run.at("other_cpu_seconds").get<double>());
    return run;
  };
  std::vector<Json> plain, scored;
  std::vector<double> wall, cpu;
  // In turn, and each first as often as the other: what comes first meets a colder cache.
  for (int round = 0; round < bench.repetitions; ++round) {
    for (const bool is_scored : {round % 2 == 1, round % 2 == 0}) {
      REELD_ASSIGN(const Json run, measured(is_scored ? "scored" : "plain"));
      (is_scored ? scored : plain).push_back(run);
    }
    const auto ratio = [&](const char* figure) {
      return scored.back().at(figure).get<double>() / plain.back().at(figure).get<double>();
    };
    wall.push_back(ratio("wall_seconds"));
    cpu.push_back(ratio("cpu_seconds"));
  }
  Json report = new_report("scores", {{"job", bench.job.name},
                                      {"preset", bench.settings.preset},
                                      {"encoder", bench.settings.encoder},
                                      {"device", bench.settings.device},
                                      {"slots", layout.slots},
                                      {"threads_per_slot", layout.threads_per_slot},
                                      {"repetitions", bench.repetitions}});
  add_result(report, "plain", plain);
  add_result(report, "scored", scored);
  report["ratios"] = {{"scored_to_plain_wall_seconds", median(wall)},
                      {"scored_to_plain_cpu_seconds", median(cpu)}};
  return report;
}

std::string score_table(const Json& report) {
  std::string out = fmt::format("{:<8}{:>9}{:>9}{:>10}\n", "", "wall s", "cpu s", "frames/s");
  for (const Json& result : report.at("results")) {
    const Json& median = result.at("median");
    out += fmt::format("{:<8}{:>9.2f}{:>9.2f}{:>10.1f}\n", result.at("name").get<std::string>(),
                       median.at("wall_seconds").get<double>(), median.at("cpu_seconds").get<double>(),
                       median.at("frames_per_second").get<double>());
  }
  const Json& ratios = report.at("ratios");
  out += fmt::format("scored to plain, wall seconds: {:.3f}\n",
                     ratios.at("scored_to_plain_wall_seconds").get<double>());
  out += fmt::format("scored to plain, cpu seconds:  {:.3f}\n",
                     ratios.at("scored_to_plain_cpu_seconds").get<double>());
  return out;
}

}  // namespace reeld::bench
