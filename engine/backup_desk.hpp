// Copies the database in the background: that takes as long as it is large, and the protocol's thread waits
// for nobody. One copy at a time. Thread-safe.
#pragma once

#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

#include "storage/database.hpp"

namespace reeld::engine {

class BackupDesk {
 public:
  explicit BackupDesk(storage::Database& database) : database_(database) {}  // outlives the desk
  // Stops the copy that is being made, which leaves nothing behind.
  ~BackupDesk();

  // Begins a copy, or says how the one to this target does: {"target", "status": "copying" | "done", "bytes",
  // "rows"}, the last two null until it is done. An end is told once; asked again, another copy begins.
  // Errors: busy while another target is copied to; those of Database::backup.
  Result<storage::Json> copy(const std::filesystem::path& target);

 private:
  struct Copy {
    std::filesystem::path target;
    std::optional<Result<storage::Database::BackedUp>> end;  // absent while it is made
    std::thread thread;
  };

  storage::Database& database_;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::optional<Copy> copy_;
};

}  // namespace reeld::engine
