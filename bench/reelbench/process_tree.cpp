#include "bench/reelbench/process_tree.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace reeld::bench {
namespace {

namespace fs = std::filesystem;

// Peaks of memory last for many frames; a look at /proc takes about a millisecond of a core.
constexpr auto kSampleInterval = std::chrono::milliseconds(100);

struct Process {
  pid_t parent = 0;
  TreeUsage usage;
};

// The fields of /proc/PID/stat behind the program's name, which may itself hold spaces: state is the first,
// and proc(5) counts it as field 3.
std::vector<double> stat_fields(const fs::path& file) {
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  std::istringstream rest(text.substr(std::min(text.size(), text.rfind(')') + 1)));
  std::string state;
  rest >> state;
  std::vector<double> fields(3, 0);
  for (double value; rest >> value;) fields.push_back(value);
  return fields;
}

// Every process of the machine that can be read.
std::map<pid_t, Process> all_processes() {
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto page_mb = static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
  std::map<pid_t, Process> processes;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto f = stat_fields(entry.path() / "stat");
    // In proc(5)'s numbers less one: 3 ppid, 13 to 16 user and system time of it and its ended children, 23
    // resident pages.
    if (f.size() < 24) continue;
    processes[std::stoi(name)] = {static_cast<pid_t>(f[3]),
                                  {(f[13] + f[14] + f[15] + f[16]) / ticks, f[23] * page_mb}};
  }
  return processes;
}

}  // namespace

TreeUsage tree_usage(pid_t root) {
  const auto processes = all_processes();
  TreeUsage total;
  std::vector<pid_t> left = {root};
  while (!left.empty()) {
    const pid_t pid = left.back();
    left.pop_back();
    const auto found = processes.find(pid);
    if (found == processes.end()) continue;
    total.cpu_seconds += found->second.usage.cpu_seconds;
    total.memory_mb += found->second.usage.memory_mb;
    for (const auto& [child, process] : processes) {
      if (process.parent == pid) left.push_back(child);
    }
  }
  return total;
}

double own_cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// Not ru_maxrss: that keeps the size of the process that started this one.
double own_peak_memory_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes / 1024;
  }
  return 0;
}

double machine_cpu_seconds() {
  std::ifstream in("/proc/stat");
  std::string name;
  in >> name;
  // user nice system idle iowait irq softirq steal; guests' time is in user already.
  double busy = 0;
  for (int i = 0; i < 8; ++i) {
    double ticks = 0;
    in >> ticks;
    if (i != 3 && i != 4) busy += ticks;
  }
  return busy / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

PeakMemory::PeakMemory(pid_t root)
    : thread_([this, root] {
        while (!stop_) {
          peak_mb_ = std::max(peak_mb_.load(), tree_usage(root).memory_mb);
          std::this_thread::sleep_for(kSampleInterval);
        }
      }) {}

PeakMemory::~PeakMemory() {
  stop_ = true;
  thread_.join();
}

}  // namespace reeld::bench
