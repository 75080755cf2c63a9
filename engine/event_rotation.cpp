#include "engine/event_rotation.hpp"

#include <spdlog/spdlog.h>

namespace reeld::engine {
namespace {

constexpr std::int64_t kDayUs = 86400LL * 1000000;
constexpr std::chrono::seconds kFirst{60}, kRound{3600};

}  // namespace

EventRotation::EventRotation(storage::Database& database, const EventLimits& limits)
    : database_(database), limits_(limits), rounds_(kFirst, kRound, [this](const auto&) { rotate(); }) {}

void EventRotation::rotate() {
  const auto removed = database_.rotate_events(storage::now_us() - limits_.days * kDayUs, limits_.count);
  if (!removed) {
    spdlog::error("events: {}", removed.error().message);
  } else if (*removed > 0) {
    spdlog::info("events: {} of ended jobs removed", *removed);
  }
}

}  // namespace reeld::engine
