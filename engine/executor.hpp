// The pool of workers: one a slot, and one beside them for what is no rendering, so that a sound track is
// made, or the next job looked into, while frames are. Started ahead and kept warm, replaced when they die.
// Used by the daemon's job threads.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/worker_process.hpp"

namespace reeld::engine {

struct ExecutorOptions {
  std::filesystem::path worker_program;
  int slots = 1;             // rendering tasks at a time
  int threads_per_slot = 1;  // what a task may use of the processor
};

// How a machine's cores are shared out among workers.
struct SlotLayout {
  int slots = 1, threads_per_slot = 1;
};
// A software encoder fills about four cores by itself; more slots on fewer cores take more memory and end no
// sooner (bench/README.md).
SlotLayout slot_layout(int cores);

struct WorkerInfo {
  pid_t pid = 0;
  std::string state;  // idle, or the kind of its task
};

// Called with a task's worker before the task begins, in the thread that waits for it.
using WorkerChosen = std::function<void(pid_t)>;

class Executor {
 public:
  static Result<std::unique_ptr<Executor>> start(const ExecutorOptions& options);

  int slots() const { return options_.slots; }
  int threads_per_slot() const { return options_.threads_per_slot; }

  // Waits for a free worker, then for the task's end: "render" for one of the slots, others for any; what is
  // made while frames are rendered leaves one slot free for them. "picture_ahead" takes a slot that is free
  // now, else the error is busy; a "render" of the same first_picture goes to that worker.
  // task["task"] names its kind (engine/worker.hpp). Errors: cancelled, worker_died, and the task's own.
  TaskOutcome run(const nlohmann::json& task, const TaskEvents& on_event, const std::atomic<bool>& cancelled,
                  const WorkerChosen& chosen = nullptr);

  std::vector<WorkerInfo> workers() const;

 private:
  struct Slot {
    std::unique_ptr<WorkerProcess> worker;
    std::string state = "idle";
    bool busy = false;
    std::string first_picture;  // its worker took it in ahead of a rendering that has not come yet
  };

  explicit Executor(const ExecutorOptions& options) : options_(options) {}
  Slot* take_slot(const nlohmann::json& task, const std::atomic<bool>& cancelled);
  Slot* free_slot(const std::string& kind, const std::string& first_picture);
  void give_back(Slot& slot);

  const ExecutorOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<Slot> slots_;  // fixed size after start; the last is the one beside
};

}  // namespace reeld::engine
