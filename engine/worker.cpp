#include "engine/worker.hpp"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>

#include "engine/device_choice.hpp"
#include "engine/ffmpeg.hpp"
#include "engine/files.hpp"
#include "engine/kept_picture.hpp"
#include "engine/reuse/program_identity.hpp"
#include "kernels/cpu/aligned_array.hpp"

namespace reeld::engine {
namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

// Ten progress events a second are as many as a person can see.
constexpr auto kProgressInterval = std::chrono::milliseconds(100);

// Who goes on with a picture does so at once, or not at all: its job was cancelled, or waits for others.
constexpr std::chrono::seconds kKeptFor{10};

// An encoder takes some 10 MB for each frame it holds, and frees them with its segment. Kept in the heap
// until the task's end, they serve the next segment's, and the kernel need not clear as many anew: 4% of a
// film's CPU (bench/README.md). And in one heap: threads come and go, and of each one's own heap the next
// would use nothing.
void keep_freed_memory() {
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that glibc takes
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

void let_go_of_memory() {
  kept_picture().let_go();
  kernels::free_kept_memory();
  ::malloc_trim(0);
}

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// The kernel keeps the largest resident size since the last reset; a task's own peak needs a reset before it,
// and what earlier tasks freed given back to the kernel.
void reset_peak_memory() {
  ::malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
}

double peak_memory_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes / 1024;
  }
  return 0;
}

void send(int fd, const Json& event) {
  const std::string line = event.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  for (std::size_t sent = 0; sent < line.size();) {
    const ssize_t n = ::write(fd, line.data() + sent, line.size() - sent);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) ::_exit(1);  // the daemon is gone, and with it whoever wanted the answer
    sent += static_cast<std::size_t>(n);
  }
}

// Lines from the daemon. Its own thread reads, so that the daemon's end ends this process in the midst of a
// task too.
class Inbox {
 public:
  explicit Inbox(int fd) : reader_([this, fd] { read(fd); }) {}
  ~Inbox() { reader_.detach(); }

  // Calls `idle` where none has come for that long.
  template <class Idle>
  std::string next(std::chrono::seconds patience, const Idle& idle) {
    std::unique_lock lock(mutex_);
    const auto has_come = [&] { return !lines_.empty(); };
    if (!arrived_.wait_for(lock, patience, has_come)) {
      idle();
      arrived_.wait(lock, has_come);
    }
    std::string line = std::move(lines_.front());
    lines_.pop_front();
    return line;
  }

 private:
  void read(int fd) {
    std::string unread;
    char block[65536];
    while (true) {
      const ssize_t n = ::read(fd, block, sizeof block);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) ::_exit(0);
      unread.append(block, static_cast<std::size_t>(n));
      for (std::size_t end; (end = unread.find('\n')) != std::string::npos; unread.erase(0, end + 1)) {
        const std::lock_guard lock(mutex_);
        lines_.push_back(unread.substr(0, end));
        arrived_.notify_one();
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::string> lines_;
  std::thread reader_;
};

}  // namespace

int run_worker(int in_fd, int out_fd) {
  // What libav warns of is its own business; what it cannot do comes back as an error.
  av_log_set_level(AV_LOG_ERROR);
  static_cast<void>(program_identity());  // settled before a task loads drivers
  keep_freed_memory();
  Inbox inbox(in_fd);
  while (true) {
    const Json task = Json::parse(inbox.next(kKeptFor, let_go_of_memory), nullptr, false);
    // From here on, so that giving memory back to the kernel is counted too.
    const double cpu_before = cpu_seconds();
    reset_peak_memory();
    begin_device_use();
    Clock::time_point last{};
    const auto progress = [&](double done, double total) {
      if (Clock::now() - last < kProgressInterval) return;
      last = Clock::now();
      send(out_fd, {{"event", "progress"}, {"done", done}, {"total", total}});
    };
    const Result<Json> result = do_task(task, progress);
    const kernels::DeviceUsage gpu = device_use();
    const Json usage = {{"cpu_seconds", cpu_seconds() - cpu_before},
                        {"gpu_seconds", gpu.gpu_seconds},
                        {"peak_memory_mb", peak_memory_mb()},
                        {"peak_gpu_memory_mb", static_cast<double>(gpu.peak_memory_bytes) / (1 << 20)}};
    send(out_fd, result ? Json{{"event", "done"}, {"result", *result}, {"usage", usage}}
                        : Json{{"event", "failed"}, {"error", to_json(result.error())}, {"usage", usage}});
  }
}

}  // namespace reeld::engine
