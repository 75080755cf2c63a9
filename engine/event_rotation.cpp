#include "engine/event_rotation.hpp"

#include <spdlog/spdlog.h>

#include <chrono>

namespace reeld::engine {
namespace {

constexpr std::int64_t kDayUs = 86400LL * 1000000;
constexpr std::chrono::seconds kFirst{60}, kRound{3600};

}  // namespace

EventRotation::EventRotation(storage::Database& database, const EventLimits& limits)
    : database_(database), limits_(limits), thread_([this] { run(); }) {}

EventRotation::~EventRotation() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void EventRotation::run() {
  std::unique_lock lock(mutex_);
  for (auto wait = kFirst; !wake_.wait_for(lock, wait, [&] { return stopping_; }); wait = kRound) {
    lock.unlock();
    const auto removed = database_.rotate_events(storage::now_us() - limits_.days * kDayUs, limits_.count);
    if (!removed) {
      spdlog::error("events: {}", removed.error().message);
    } else if (*removed > 0) {
      spdlog::info("events: {} of ended jobs removed", *removed);
    }
    lock.lock();
  }
}

}  // namespace reeld::engine
