// What it costs that a film is measured while it is rendered: a standard job's segments rendered, coded and
// scored, beside the same without.
#pragma once

#include <atomic>

#include "base/result.hpp"
#include "bench/reelbench/job.hpp"

namespace reeld::bench {

// The report; progress goes to standard error. Errors: those of a part; cancelled.
Result<Json> run_score_bench(const JobBench& bench, const std::atomic<bool>& cancelled);

// A report in words.
std::string score_table(const Json& report);

}  // namespace reeld::bench
