#include "engine/executor.hpp"

#include <algorithm>
#include <chrono>

namespace reeld::engine {
namespace {

constexpr std::string_view kRender = "render", kAhead = "picture_ahead";

// What is made while frames are rendered, and must not keep a job's frames from beginning.
bool goes_beside(const std::string& kind) {
  return kind == "sound" || kind == "score_pictures";
}

}  // namespace

SlotLayout slot_layout(int cores) {
  const int slots = std::clamp(cores / 4, 1, 8);
  return {slots, std::max(1, cores / slots)};
}

Result<std::unique_ptr<Executor>> Executor::start(const ExecutorOptions& options) {
  auto executor = std::unique_ptr<Executor>(new Executor(options));
  executor->slots_.resize(static_cast<std::size_t>(options.slots) + 1);
  for (Slot& slot : executor->slots_) {
    REELD_ASSIGN(slot.worker, WorkerProcess::start(options.worker_program));
  }
  return executor;
}

TaskOutcome Executor::run(const nlohmann::json& task, const TaskEvents& on_event,
                          const std::atomic<bool>& cancelled, const WorkerChosen& chosen) {
  Slot* slot = take_slot(task, cancelled);
  if (slot == nullptr && !cancelled) return {Error{Code::busy, "no worker is free for a picture ahead"}, {}};
  if (slot == nullptr) return {Error{Code::cancelled, "cancelled while waiting for a worker"}, {}};
  if (!slot->worker || !slot->worker->alive()) {
    auto started = WorkerProcess::start(options_.worker_program);
    if (!started) {
      give_back(*slot);
      return {started.error(), {}};
    }
    const std::lock_guard lock(mutex_);
    slot->worker = *std::move(started);
  }
  if (chosen) chosen(slot->worker->pid());
  TaskOutcome outcome = slot->worker->run(task, on_event, cancelled);
  give_back(*slot);
  return outcome;
}

std::vector<WorkerInfo> Executor::workers() const {
  const std::lock_guard lock(mutex_);
  std::vector<WorkerInfo> infos;
  for (const Slot& slot : slots_) {
    if (slot.worker) infos.push_back({slot.worker->pid(), slot.state});
  }
  return infos;
}

Executor::Slot* Executor::take_slot(const nlohmann::json& task, const std::atomic<bool>& cancelled) {
  const std::string kind = task.value("task", "?"), first_picture = task.value("first_picture", "");
  std::unique_lock lock(mutex_);
  while (!cancelled) {
    if (Slot* slot = free_slot(kind, first_picture)) {
      slot->busy = true;
      slot->state = kind;
      // Whatever else takes the worker may take long: nobody waits for it then.
      slot->first_picture = kind == kAhead ? first_picture : "";
      return slot;
    }
    if (kind == kAhead) return nullptr;
    // Nobody notifies a cancel, so the wait is short.
    freed_.wait_for(lock, std::chrono::milliseconds(20));
  }
  return nullptr;
}

// From the last, so that the slots stay free for rendering.
Executor::Slot* Executor::free_slot(const std::string& kind, const std::string& first_picture) {
  const bool needs_slot = kind == kRender || kind == kAhead;
  const auto begin = slots_.rbegin() + (needs_slot ? 1 : 0);
  if (kind == kRender && !first_picture.empty()) {
    // Also where it is still at it: to begin anew would take longer.
    const auto holder = std::find_if(begin, slots_.rend(),
                                     [&](const Slot& slot) { return slot.first_picture == first_picture; });
    if (holder != slots_.rend()) return holder->busy ? nullptr : &*holder;
  }
  const auto free = std::ranges::count_if(slots_, [](const Slot& slot) { return !slot.busy; });
  Slot* promised = nullptr;
  for (auto slot = begin; slot != slots_.rend(); ++slot) {
    const bool is_beside = slot == slots_.rbegin();
    if (slot->busy || (goes_beside(kind) && !is_beside && free < 2)) continue;
    if (!needs_slot || slot->first_picture.empty()) return &*slot;
    promised = &*slot;
  }
  return promised;
}

void Executor::give_back(Slot& slot) {
  // A dead worker is replaced at once, so that the next task finds a warm one.
  std::unique_ptr<WorkerProcess> fresh;
  if (!slot.worker || !slot.worker->alive()) {
    if (auto started = WorkerProcess::start(options_.worker_program)) fresh = *std::move(started);
  }
  const std::lock_guard lock(mutex_);
  if (fresh) {
    slot.worker = std::move(fresh);
    slot.first_picture.clear();
  }
  slot.busy = false;
  slot.state = "idle";
  freed_.notify_all();
}

}  // namespace reeld::engine
