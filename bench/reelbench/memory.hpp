// How much memory a worker takes at most: whether it grows with the film's length, and what a very large
// picture takes. The figures are the daemon's own record of each job.
#pragma once

#include <atomic>
#include <filesystem>

#include "base/result.hpp"
#include "bench/reelbench/report.hpp"

namespace reeld::bench {

struct MemoryBench {
  int short_scenes = 12, long_scenes = 720;  // of 5 s: a minute and an hour
  // A worker's peak is that of its worst segment, which chance decides: which pictures are decoded at the
  // same moment. So the short film gets more than one chance.
  int short_times = 10;
  int large_width = 11600, large_height = 8700;  // 100.9 megapixels
  int threads = 1;
  std::filesystem::path inputs;
};

// Errors: those of a job; cancelled.
Result<Json> run_memory_bench(const MemoryBench& bench, const std::atomic<bool>& cancelled);

// A report in words.
std::string memory_table(const Json& report);

}  // namespace reeld::bench
