// The program as its users run it, and its measurements, small, so that they do not rot. No test looks at how
// long anything took.
#include <catch2/catch.hpp>

#include "bench/reelbench/job.hpp"
#include "bench/reelbench/memory.hpp"
#include "bench/reelbench/micro.hpp"
#include "bench/reelbench/report.hpp"
#include "bench/reelbench/score_cost.hpp"
#include "tests/apps/daemon.hpp"

namespace reeld::bench {
namespace {

namespace fs = std::filesystem;

test::Ran reelbench(const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {test::program("reelbench")};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return test::run(command);
}

// The standard jobs' files, but small.
void write_inputs(const fs::path& folder) {
  for (int i = 0; i < kStandardScenes; ++i) {
    test::write_picture(folder / ("picture" + std::to_string(i) + ".jpg"), 160, 120, i);
  }
  test::write_tune(folder / "voice-21.wav", 2);
}

TEST_CASE("reelbench lists the devices, and those that are not there with a reason") {
  const auto listed = reelbench({"devices"});
  CHECK(listed.status == 0);
  CHECK(listed.output.find("cpu") == 0);
  CHECK(listed.output.find("vulkan") != std::string::npos);
}

TEST_CASE("reelbench compares two reports") {
  const TemporaryFolder folder;
  const std::string file = folder.path() / "report.json";
  Json report = new_report("job", Json::object());
  add_result(report, "whole", {{{"wall_seconds", 4.0}}});
  REQUIRE(save_report(report, file));
  const auto compared = reelbench({"compare", file, file});
  CHECK(compared.status == 0);
  CHECK(compared.output.find("whole wall_seconds") != std::string::npos);
  CHECK(compared.output.find("1.000") != std::string::npos);
  const auto missing = reelbench({"compare", file, file + "x"});
  CHECK(missing.status == 1);
  CHECK(missing.errors.find("file_missing") != std::string::npos);
}

TEST_CASE("reelbench refuses what it does not know") {
  CHECK(reelbench({}).status != 0);
  CHECK(reelbench({"abacus"}).status != 0);
  const auto job = reelbench({"job", "J3"});
  CHECK(job.status == 1);
  CHECK(job.errors.find("the jobs are J1 and J2") != std::string::npos);
  const auto device = reelbench({"micro", "--device", "abacus"});
  CHECK(device.status == 1);
  CHECK(device.errors.find("device_unavailable") != std::string::npos);
}

TEST_CASE("the steps of a frame are measured one by one") {
  MicroBench bench;
  bench.device = "cpu";
  bench.sizes = {{64, 36}};
  bench.picture = {160, 120};
  bench.min_seconds = 0.001;
  bench.repetitions = 1;
  const auto report = run_micro_bench(bench);
  REQUIRE(report);
  std::vector<std::string> names;
  for (const Json& result : report->at("results")) {
    names.push_back(result.at("name"));
    for (const char* figure : {"ms_per_frame", "frames_per_second", "gb_per_second", "share_of_copy_rate"}) {
      CHECK(result.at("median").at(figure).get<double>() > 0);
    }
  }
  CHECK(names == std::vector<std::string>{"convert 64x36", "convert p010 64x36", "resample 64x36",
                                          "resample p010 64x36", "crossfade 64x36", "crossfade+text 64x36",
                                          "upload 160x120"});
  // nv12 or twice as many of p010; at scale 2 the level of three quarters is sampled, with 1.5 x 1.5 pixels
  // of 6 bytes for each of the frame's.
  const double source = 64 * 36 * 1.5 * 1.5 * 6;
  const auto bytes = [&](int result) { return report->at("results").at(result).at("median").at("bytes"); };
  CHECK(bytes(0) == 64 * 36 * 3 / 2);
  CHECK(bytes(1) == 64 * 36 * 3);
  CHECK(bytes(2) == 64 * 36 * 3 / 2 + source);
  CHECK(bytes(3) == 64 * 36 * 3 + source);
  CHECK_FALSE(micro_table(*report).empty());
}

TEST_CASE("a GPU's frames are measured by its own clock too, and the CPU's are not") {
  for (const kernels::DeviceKind kind : {kernels::DeviceKind::cpu, kernels::DeviceKind::vulkan}) {
    const std::string name(kernels::device_kind_name(kind));
    if (!kernels::open_device(kind)) {
      WARN("skipped: no " << name << " device opens here");
      continue;
    }
    MicroBench bench;
    bench.device = name;
    bench.sizes = {{64, 36}};
    bench.picture = {160, 120};
    bench.min_seconds = 0.001;
    bench.repetitions = 1;
    const auto report = run_micro_bench(bench);
    REQUIRE(report);
    for (const Json& result : report->at("results")) {
      INFO(name << " " << result.dump());
      // Taking a picture in starts no kernel.
      const bool has_kernel = kind != kernels::DeviceKind::cpu && result.at("name") != "upload 160x120";
      CHECK((result.at("median").value("kernel_ms_per_frame", 0.0) > 0) == has_kernel);
    }
    CHECK_FALSE(micro_table(*report).empty());
  }
}

TEST_CASE("a standard job is measured in its parts") {
  const TemporaryFolder folder;
  write_inputs(folder.path());
  JobBench bench;
  bench.job = {"small", 320, 180, 10, 1, 0.2};
  bench.settings.device = "cpu";
  bench.threads = 2;
  bench.repetitions = 2;
  bench.inputs = folder.path();
  const std::atomic<bool> cancelled = false;
  const auto report = run_job_bench(bench, cancelled);
  INFO((report ? "" : report.error().message));
  REQUIRE(report);
  // Five seconds less four crossfades of 0.2 s, at 10 frames a second.
  for (const Json& result : report->at("results")) {
    CHECK(result.at("runs").size() == 2);
    CHECK(result.at("median").at("frames") == 42);
    CHECK(result.at("median").at("cpu_seconds").get<double>() > 0);
    CHECK(result.at("median").at("peak_memory_mb").get<double>() > 1);
  }
  CHECK(report->at("results").at(2).at("name") == "whole");
  CHECK(report->at("results").at(2).at("median").at("first_frame_ms").get<double>() > 0);
  CHECK(report->at("results").at(2).at("median").at("rendering_seconds").get<double>() > 0);
  CHECK(report->at("ratios").size() == 2);
  CHECK_FALSE(job_table(*report).empty());
}

TEST_CASE("a standard job is measured with scores and without") {
  const TemporaryFolder folder;
  write_inputs(folder.path());
  JobBench bench;
  bench.job = {"small", 320, 180, 10, 1, 0.2};
  bench.settings.device = "cpu";
  bench.threads = 2;
  bench.repetitions = 2;
  bench.inputs = folder.path();
  const std::atomic<bool> cancelled = false;
  const auto report = run_score_bench(bench, cancelled);
  INFO((report ? "" : report.error().message));
  REQUIRE(report);
  REQUIRE(report->at("results").size() == 2);
  for (const Json& result : report->at("results")) {
    CHECK(result.at("runs").size() == 2);
    CHECK(result.at("median").at("frames") == 42);
    CHECK(result.at("median").at("cpu_seconds").get<double>() > 0);
  }
  CHECK(report->at("ratios").at("scored_to_plain_cpu_seconds").get<double>() > 0);
  CHECK_FALSE(score_table(*report).empty());
}

TEST_CASE("memory is measured for a short film, a long one and a large picture") {
  const TemporaryFolder folder;
  write_inputs(folder.path());
  const std::atomic<bool> cancelled = false;
  const auto report = run_memory_bench({2, 4, 2, 640, 480, 2, folder.path()}, cancelled);
  REQUIRE(report);
  REQUIRE(report->at("results").size() == 3);
  for (const Json& result : report->at("results")) {
    CHECK(result.at("median").at("worker_peak_memory_mb").get<double>() > 1);
  }
  CHECK_FALSE(memory_table(*report).empty());
}

}  // namespace
}  // namespace reeld::bench
