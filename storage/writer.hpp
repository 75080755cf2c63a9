// The one thread that writes. Changes that wait at the same time are committed together: one fsync for all of
// them (group commit). Private to storage/.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/result.hpp"
#include "storage/connection.hpp"
#include "storage/trouble.hpp"

namespace reeld::storage {

class Writer {
 public:
  // A change within a transaction that is the writer's. An error undoes this change alone. Never throws.
  using Change = std::function<std::optional<Error>(Connection& db)>;

  Writer(std::unique_ptr<Connection> db, Trouble& trouble);
  ~Writer();  // what was queued is done before
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Runs `change` on the writer's thread and waits until it is durable. Gives its error, or that of a commit
  // that failed: then nothing of it was kept. `tried` continues "The database could not ". A change must not
  // make another in here: it would wait for itself.
  std::optional<Error> run(const std::string& tried, const Change& change);

  struct Figures {
    std::int64_t changes = 0, commits = 0;  // since it began
    std::int64_t waiting = 0;               // at this moment, those at work not counted
  };
  Figures figures();  // from any thread

 private:
  struct Queued {
    const std::string& tried;
    const Change& change;
    std::promise<std::optional<Error>> answer;
  };

  void loop();
  std::vector<Queued*> next_batch();  // empty: it is time to end
  void commit_together(const std::vector<Queued*>& batch);
  std::optional<Error> apply(const Queued& queued);
  static void fail(const std::vector<Queued*>& changes, const Error& reason);
  void roll_back();
  bool in_transaction() const;

  std::unique_ptr<Connection> db_;
  Trouble& trouble_;
  std::mutex mutex_;  // of what follows
  std::condition_variable arrived_;
  std::deque<Queued*> queue_;
  Figures figures_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace reeld::storage
