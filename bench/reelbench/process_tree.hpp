// What processes use, from /proc: the operating system's own figures.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <thread>

namespace reeld::bench {

struct TreeUsage {
  double cpu_seconds = 0;  // user and system, of the processes and of their ended children
  double memory_mb = 0;    // resident now, summed: what they share counts for each
};

// Of a process and everything below it. Zero for one that has ended.
TreeUsage tree_usage(pid_t root);

// User and system seconds of this process.
double own_cpu_seconds();

// The largest resident size of this process so far.
double own_peak_memory_mb();

// Seconds in which any core of the machine was at work, since it started. What is over after a measured
// process's own seconds were others, who slow it down.
double machine_cpu_seconds();

// The largest memory_mb of a process tree while the object lives, looked at several times a second.
class PeakMemory {
 public:
  explicit PeakMemory(pid_t root);
  ~PeakMemory();
  PeakMemory(const PeakMemory&) = delete;
  PeakMemory& operator=(const PeakMemory&) = delete;

  double peak_mb() const { return peak_mb_; }

 private:
  std::atomic<double> peak_mb_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace reeld::bench
