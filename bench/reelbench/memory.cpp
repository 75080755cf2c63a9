#include "bench/reelbench/memory.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "bench/reelbench/private_daemon.hpp"
#include "bench/reelbench/standard_job.hpp"
#include "bench/reelbench/synthetic_picture.hpp"
#include "engine/picture.hpp"

namespace reeld::bench {
namespace {

// Less the crossfade of 1 s into the next: 5 s of film a scene.
constexpr double kSceneSeconds = 6;
constexpr int kJpegQuality = 90;

// Few and small frames: what is asked is whether memory grows with scenes, and decoding their pictures is
// work enough.
Json request_of_scenes(int count) {
  Json scenes = Json::array();
  for (int i = 0; i < count; ++i) {
    Json scene = {{"picture", {{"file", "picture" + std::to_string(i % kStandardScenes) + ".jpg"}}},
                  {"duration", kSceneSeconds},
                  {"motion", "auto"},
                  {"text", Json::array({{{"text", "Scene " + std::to_string(i + 1)}, {"size", 12}}})}};
    if (i + 1 < count) scene["transition"] = {{"kind", "crossfade"}, {"duration", 1}};
    scenes.push_back(scene);
  }
  return {
      {"reeld", 1},
      {"output", {{"width", 320}, {"height", 180}, {"fps", 5}, {"encoder", "libx264"}, {"device", "cpu"}}},
      {"scenes", scenes}};
}

Json request_of_large_picture() {
  return {
      {"reeld", 1},
      {"output", {{"width", 1920}, {"height", 1080}, {"encoder", "libx264"}, {"device", "cpu"}}},
      {"scenes", Json::array({{{"picture", {{"file", "large.jpg"}}}, {"duration", 1}, {"motion", "auto"}}})}};
}

Result<void> write_large_picture(const std::filesystem::path& file, int width, int height) {
  const auto rgb = synthetic_picture(width, height, 3, 1);
  return engine::write_jpeg(file, rgb.data(), width, height, static_cast<std::size_t>(width) * 3,
                            kJpegQuality);
}

}  // namespace

Result<Json> run_memory_bench(const MemoryBench& bench, const std::atomic<bool>& cancelled) {
  const engine::SlotLayout layout = engine::slot_layout(bench.threads);
  Json report = new_report("memory", {{"short_scenes", bench.short_scenes},
                                      {"short_times", bench.short_times},
                                      {"long_scenes", bench.long_scenes},
                                      {"scene_seconds", kSceneSeconds},
                                      {"large_width", bench.large_width},
                                      {"large_height", bench.large_height},
                                      {"slots", layout.slots},
                                      {"threads_per_slot", layout.threads_per_slot}});
  REELD_ASSIGN(const auto daemon, PrivateDaemon::start(layout));
  // Measures a film so many times; the largest of its peaks.
  const auto add = [&](const std::string& name, const Json& request, const std::filesystem::path& inputs,
                       int times) -> Result<double> {
    std::vector<Json> runs;
    double largest = 0;
    for (int i = 0; i < times; ++i) {
      REELD_ASSIGN(const Json run, daemon->run(request, inputs, cancelled));
      const auto peak = run.at("worker_peak_memory_mb").get<double>();
      std::fprintf(stderr, "%s: %.0f MB after %.1f s\n", name.c_str(), peak,
                   run.at("wall_seconds").get<double>());
      largest = std::max(largest, peak);
      runs.push_back(run);
    }
    add_result(report, name, runs);
    return largest;
  };
  REELD_ASSIGN(const double short_peak,
               add("short", request_of_scenes(bench.short_scenes), bench.inputs, bench.short_times));
  REELD_ASSIGN(const double long_peak, add("long", request_of_scenes(bench.long_scenes), bench.inputs, 1));
  const TemporaryFolder folder;
  REELD_TRY(write_large_picture(folder.path() / "large.jpg", bench.large_width, bench.large_height));
  REELD_TRY(add("large picture", request_of_large_picture(), folder.path(), 1));
  report["ratios"] = {{"long_to_largest_short_peak_memory", long_peak / short_peak}};
  return report;
}

std::string memory_table(const Json& report) {
  std::string out = fmt::format("{:<15}{:>9}{:>9}{:>18}\n", "", "frames", "wall s", "worker's peak MB");
  for (const Json& result : report.at("results")) {
    const Json& median = result.at("median");
    out += fmt::format("{:<15}{:>9}{:>9.1f}{:>18.0f}\n", result.at("name").get<std::string>(),
                       median.at("frames").get<double>(), median.at("wall_seconds").get<double>(),
                       median.at("worker_peak_memory_mb").get<double>());
  }
  out += fmt::format("long to the largest of the short ones: {:.3f}\n",
                     report.at("ratios").at("long_to_largest_short_peak_memory").get<double>());
  return out;
}

}  // namespace reeld::bench
