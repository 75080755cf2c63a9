// Work that may wait while others need the processor: the rendering of frames beside an encoder, and what is
// measured beside the rendering.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <future>
#include <utility>

namespace reeld::engine {

// Linux has it for each thread; 0 is usual, 19 the lowest.
enum class Nice : int { rendering = 10, measuring = 15 };

// To this thread, and to those that it starts, the system prefers all others from here on. Where it is not
// allowed, they are merely no more patient.
inline void let_others_go_first(Nice nice) {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), static_cast<int>(nice));
}

// Begins what is measured on a thread of its own, at low priority.
template <class Work>
auto begin_at_low_priority(Work work) {
  return std::async(std::launch::async, [work = std::move(work)]() mutable {
    let_others_go_first(Nice::measuring);
    return work();
  });
}

// The same, and waits for it.
template <class Work>
auto at_low_priority(const Work& work) {
  return begin_at_low_priority([&] { return work(); }).get();
}

}  // namespace reeld::engine
