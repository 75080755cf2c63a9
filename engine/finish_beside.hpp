// The end of one segment's coding beside the beginning of the next: an encoder looks ahead, so behind the
// last frame it has a dozen left, and until it has as many of the next segment it codes none. One after the
// other, that leaves cores idle.
#pragma once

#include <functional>
#include <future>
#include <utility>

#include "base/result.hpp"

namespace reeld::engine {

// At most one end at a time is under way. Used by one thread; destroyed, it waits.
class FinishBeside {
 public:
  // Starts `finish`, once the one before has ended; the error is that one's, and nothing is started then.
  Result<void> start(std::function<Result<void>()> finish) {
    REELD_TRY(wait());
    finishing_ = std::async(std::launch::async, std::move(finish));
    return {};
  }

  // Until the last one has ended.
  Result<void> wait() { return finishing_.valid() ? finishing_.get() : Result<void>{}; }

 private:
  std::future<Result<void>> finishing_;
};

}  // namespace reeld::engine
