// How much is there of a picture that one thread still decodes, row by row from the top, while another takes
// it in.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>

#include "base/result.hpp"

namespace reeld::kernels {

// Any thread. Whoever writes the rows says in the end either that all are there or what went wrong, so nobody
// waits for ever. Rows that are there do not change.
class ArrivingRows {
 public:
  // The first `count` rows are there; never fewer than said before.
  void have(int count);
  // No more will come.
  void fail(Error error);

  // Returns when the first `count` rows are there, or with the error that the writer failed with.
  Result<void> wait_for(int count) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  int count_ = 0;
  std::optional<Error> error_;
};

}  // namespace reeld::kernels
