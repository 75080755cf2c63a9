// Work that may wait while others need the processor: what is measured beside the rendering of frames.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <future>
#include <utility>

namespace reeld::engine {

// Begins it on a thread of its own, to which, and to the threads it starts, the system prefers all others.
template <class Work>
auto begin_at_low_priority(Work work) {
  constexpr int kNice = 15;
  return std::async(std::launch::async, [work = std::move(work)]() mutable {
    // Linux has it for each thread; where it is not allowed, the work is merely no more patient.
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
    return work();
  });
}

// The same, and waits for it.
template <class Work>
auto at_low_priority(const Work& work) {
  return begin_at_low_priority([&] { return work(); }).get();
}

}  // namespace reeld::engine
