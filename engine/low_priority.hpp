// Work that may wait while others need the processor: what is measured beside the rendering of frames.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <future>

namespace reeld::engine {

// Runs it on a thread of its own, to which, and to the threads it starts, the system prefers all others.
template <class Work>
auto at_low_priority(const Work& work) {
  constexpr int kNice = 15;
  return std::async(std::launch::async,
                    [&] {
                      // Linux has it for each thread; where it is not allowed, the work is merely no more
                      // patient.
                      ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
                      return work();
                    })
      .get();
}

}  // namespace reeld::engine
