// What the operating system says of a process that runs, from /proc. Any thread.
#pragma once

#include <sys/types.h>

#include <optional>

namespace reeld::engine {

struct ProcessUse {
  double cpu_seconds = 0;  // user and system, since its start; in steps of the clock tick, 10 ms
  double memory_mb = 0;    // resident now
};

// nullopt for a process that is gone.
std::optional<ProcessUse> process_use(pid_t pid);

}  // namespace reeld::engine
