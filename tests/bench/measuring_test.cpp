// reelbench measure, small. No test looks at how long anything took.
#include "bench/reelbench/measuring.hpp"

#include <catch2/catch.hpp>

namespace reeld::bench {

TEST_CASE("a device that is not there cannot be measured") {
  MeasuringBench bench;
  bench.device = "abacus";
  const auto refused = run_measuring_bench(bench);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::device_unavailable);
  CHECK(refused.error().path == "--device");
}

TEST_CASE("every device that opens is measured, the CPU with one thread and with two") {
  MeasuringBench bench;
  bench.width = 96;
  bench.height = 40;
  bench.repetitions = 2;
  const auto report = run_measuring_bench(bench);
  REQUIRE(report);
  const Json& results = report->at("results");
  REQUIRE(results.size() >= 2);
  CHECK(results[0]["name"] == "cpu 1 thread");
  CHECK(results[1]["name"] == "cpu 2 threads");
  for (const Json& result : results) {
    CHECK(result["runs"].size() == 2);
    CHECK(result["median"]["ms"].get<double>() > 0);
    CHECK(result["median"]["gb_per_second"].get<double>() > 0);
  }
  CHECK(measuring_table(*report).find("cpu 2 threads") != std::string::npos);
}

}  // namespace reeld::bench
