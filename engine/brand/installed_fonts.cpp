#include "engine/brand/installed_fonts.hpp"

#include <chrono>
#include <future>

#include "engine/worker_process.hpp"

namespace reeld::engine {
namespace {

constexpr std::chrono::seconds kTimeout{5};

}  // namespace

Result<std::vector<std::string>> InstalledFonts::families() {
  const std::lock_guard lock(mutex_);
  if (families_) return *families_;
  // A worker of its own: the pool may be busy for minutes.
  REELD_ASSIGN(const auto worker, WorkerProcess::start(worker_program_));
  std::atomic<bool> too_late{false};
  auto asking = std::async(std::launch::async, [&] {
    return worker->run({{"task", "fonts"}}, nullptr, too_late);
  });
  too_late = asking.wait_for(kTimeout) == std::future_status::timeout;
  const TaskOutcome asked = asking.get();
  if (too_late) return Error{Code::timed_out, "the fonts of this machine could not be listed within 5 s"};
  if (!asked.result) return asked.result.error();
  families_ = asked.result->at("families").get<std::vector<std::string>>();
  return *families_;
}

}  // namespace reeld::engine
