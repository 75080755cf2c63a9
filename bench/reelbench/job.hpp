// A standard job measured in its parts, side by side: rendering alone, encoding alone, and the whole job by a
// daemon.
#pragma once

#include <atomic>
#include <filesystem>

#include "base/result.hpp"
#include "bench/reelbench/report.hpp"
#include "bench/reelbench/standard_job.hpp"

namespace reeld::bench {

struct JobBench {
  StandardJob job;
  JobSettings settings;
  int threads = 1;      // of the machine, shared out as the daemon does
  int repetitions = 3;  // rounds of render, encode, whole
  std::filesystem::path inputs;
};

// The report; progress goes to standard error. Errors: those of a part; cancelled.
Result<Json> run_job_bench(const JobBench& bench, const std::atomic<bool>& cancelled);

// A report in words.
std::string job_table(const Json& report);

}  // namespace reeld::bench
