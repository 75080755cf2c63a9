// How fast devices measure a picture (kernels/statistics.hpp), beside what they copy.
#pragma once

#include "base/result.hpp"
#include "bench/reelbench/report.hpp"

namespace reeld::bench {

struct MeasuringBench {
  std::string device = "all";       // cpu, cuda, vulkan, or every one that opens
  int width = 4000, height = 3000;  // 12 megapixels, 48 MB
  int repetitions = 20;
};

// Errors: device_unavailable; those of the device.
Result<Json> run_measuring_bench(const MeasuringBench& bench);

// A report in words.
std::string measuring_table(const Json& report);

}  // namespace reeld::bench
