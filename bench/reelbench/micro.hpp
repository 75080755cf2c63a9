// What a device does for one frame, step by step, through kernels::Device alone: one frame at a time, from
// one thread.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "bench/reelbench/micro_cases.hpp"
#include "bench/reelbench/report.hpp"

namespace reeld::bench {

struct MicroBench {
  std::string device = "auto";
  std::vector<FrameSize> sizes = {{1920, 1080}, {3840, 2160}};
  FrameSize picture = {4032, 3024};
  double min_seconds = 0.5;  // each repetition repeats a case for so long
  int repetitions = 3;
};

// Errors: those of the device.
Result<Json> run_micro_bench(const MicroBench& bench);

// A report in words.
std::string micro_table(const Json& report);

}  // namespace reeld::bench
