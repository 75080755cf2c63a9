// Makes takes in the background, several at a time: asks the provider as a job would, has a worker measure
// what came, and records it. A take that was pending when a daemon ended is taken up by the next. Any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/background.hpp"
#include "engine/desks/desk.hpp"
#include "engine/obtain.hpp"
#include "storage/takes.hpp"

namespace reeld::engine {

// As clients see it (docs/protocol/takes.md).
Json take_json(const storage::Take& take);

class TakeMaker {
 public:
  static constexpr int kAtOnce = 4;                       // providers hold their own, smaller limits
  static constexpr std::size_t kMostUnfinished = 10'000;  // more are refused

  explicit TakeMaker(const DeskTools& tools);  // which outlives it

  // Takes up what an earlier daemon left.
  Result<void> start();
  // Records them, all or none, and begins. Errors: busy, shutting_down, those of Takes::begin.
  Result<std::vector<storage::Take>> begin(const std::vector<storage::Take>& takes);
  // A failed one once more. Errors: the same, those of Takes::retry.
  Result<storage::Take> retry(const std::string& id);
  // Nobody wants it any more: what is being made for it is stopped.
  void forget(const std::string& id);
  // Tells whoever listens to the project.
  void tell(const storage::Take& take) const;
  void tell_removed(const storage::Take& take) const;

 private:
  Result<void> take_room(std::size_t count);
  void leave_room(std::size_t count);
  void enqueue(const std::string& id);
  void work(const std::string& id, const std::atomic<bool>& stop);
  Result<storage::Take> make(const storage::Take& take, const std::atomic<bool>& stop);
  Result<storage::Take> finish(const storage::Take& take, const Obtained& obtained,
                               const std::atomic<bool>& stop);
  Result<std::optional<std::int64_t>> measure(const storage::Take& take, const storage::Asset& asset,
                                              const std::atomic<bool>& stop);
  void fail(const storage::Take& take, const Error& error);
  void set_at_work(const std::string& id, bool at_work);
  bool is_forgotten(const std::string& id);

  const DeskTools& tools_;
  storage::Takes takes_;
  std::mutex mutex_;
  std::size_t unfinished_ = 0;
  std::set<std::string> at_work_, forgotten_;  // the second is a part of the first
  Background background_;                      // last: it ends first, and what it runs uses the others
};

}  // namespace reeld::engine
