// Runs another program: an argument vector, never a shell. Called from job threads, any number at once.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "providers/provider.hpp"

namespace reeld::providers {

struct Finished {
  int exit_code = 0;  // 128 + the signal's number where a signal ended it
  std::string out;    // what it wrote, each at most kMaxOutputBytes; the rest is read and dropped
  std::string err;
};

constexpr std::size_t kMaxOutputBytes = 1 << 20;

// Gives `input` to the program's standard input and waits for its end. argv[0] is looked for in PATH. The
// program has a process group of its own, which is killed whole on cancelling and on the time limit. Errors:
// provider_unavailable (cannot be started), cancelled, timed_out.
Result<Finished> run_program(const std::vector<std::string>& argv, const std::string& input,
                             std::chrono::milliseconds limit, const Cancelled& cancelled);

}  // namespace reeld::providers
