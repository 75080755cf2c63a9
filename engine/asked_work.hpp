// Work that takes longer than an answer may, and that a client asks for again and again until it is done: the
// first call begins it, the next ones tell how it does, and the one that tells its end forgets it. After a
// restart the next call begins it anew. Any thread.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "base/result.hpp"
#include "engine/background.hpp"

namespace reeld::engine {

class AskedWork {
 public:
  // Sets `done`, 0..1, as it goes on; ends soon once `stop` is true, and leaves nothing half-made.
  using Work =
      std::function<Result<nlohmann::json>(const std::atomic<bool>& stop, std::atomic<double>& done)>;
  // Told of every end, in the thread of the work.
  using Ended = std::function<void(const Result<nlohmann::json>& end)>;

  AskedWork(int threads, std::size_t most_waiting) : background_(threads, most_waiting) {}

  struct State {
    std::optional<nlohmann::json> result;  // absent while it is at work
    double done = 0;                       // 0..1
  };
  // Errors: the work's own, busy where too much waits.
  Result<State> ask(const std::string& key, Work work, Ended ended = nullptr);

 private:
  struct Item {
    std::atomic<double> done{0};
    std::optional<Result<nlohmann::json>> end;  // guarded by mutex_
  };

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Item>> items_;
  Background background_;  // ends before what its work refers to
};

}  // namespace reeld::engine
