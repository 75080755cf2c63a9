// One reeld-worker, seen from the daemon: started ahead, given one task at a time, killed when a task is
// cancelled. Tasks go in as JSON, one a line, on its stdin; events come back likewise on its stdout (see
// engine/worker.hpp).
#pragma once

#include <sys/types.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>

#include <nlohmann/json.hpp>

#include "base/result.hpp"

namespace reeld::engine {

// What a task took: in the operating system's figures for the worker's process, and of GPUs in its devices'
// own (kernels::DeviceUsage), which a worker that dies takes with it.
struct Usage {
  double cpu_seconds = 0, gpu_seconds = 0;
  double peak_memory_mb = 0, peak_gpu_memory_mb = 0;
};

struct TaskOutcome {
  Result<nlohmann::json> result = Error{};
  Usage usage;
};

// Called in the thread that waits for the task, with an event of the task ({"event": "progress", ...}).
using TaskEvents = std::function<void(const nlohmann::json&)>;

class WorkerProcess {
 public:
  static Result<std::unique_ptr<WorkerProcess>> start(const std::filesystem::path& program);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  pid_t pid() const { return pid_; }
  // False once it ended or was killed; then only destruction makes sense.
  bool alive() const { return alive_; }

  // Sends the task and waits for its end. Where `cancelled` turns true the process is killed and the result
  // is Code::cancelled; where it dies by itself, worker_died.
  TaskOutcome run(const nlohmann::json& task, const TaskEvents& on_event, const std::atomic<bool>& cancelled);

 private:
  WorkerProcess(pid_t pid, int in_fd, int out_fd) : pid_(pid), in_fd_(in_fd), out_fd_(out_fd) {}
  // Kills it if it still runs, waits for it, and gives what it used since the last task and how it ended.
  std::pair<Usage, std::string> reap();

  pid_t pid_;
  int in_fd_, out_fd_;
  bool alive_ = true;
  std::string unread_;
  double cpu_seconds_before_ = 0;  // used by finished tasks
};

}  // namespace reeld::engine
