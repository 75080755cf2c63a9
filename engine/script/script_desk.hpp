// Writes scripts in the background: a writer may take minutes, and the protocol's thread waits for nobody.
// What was written is kept in the database; a failure is remembered until newer results push it out.
// Thread-safe.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/script/script.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

// Whoever waits for a script that a writer writes.
struct ScriptFollower {
  // Called before the writing begins, with the script's id; its error is that of start().
  std::function<Result<void>(const std::string& id)> begins;
  // Called in the writer's thread once the script is kept, or could not be written. Not called where the desk
  // ends first.
  std::function<void(const std::string& id, const Result<void>& end)> ends;
};

class ScriptDesk {
 public:
  static constexpr int kMostWriting = 4;  // at once
  static constexpr int kMostKept = 50;
  static constexpr std::chrono::minutes kTimeLimit{15};  // for one script, all its calls together

  // All outlive the desk; writers work in folders below `scratch`. Scripts are of no job, and count for the
  // day alone: `day_budget_usd` is what all calls of a UTC day may cost.
  ScriptDesk(const providers::Registry& registry, storage::Database& database, std::filesystem::path scratch,
             std::optional<double> day_budget_usd)
      : registry_(registry),
        database_(database),
        scratch_(std::move(scratch)),
        day_budget_usd_(day_budget_usd) {}
  // Cancels what is being written, and waits for it.
  ~ScriptDesk();

  // {"id", "status": "writing" | "done", "script", "request"}, the last two null until it is done. By rules
  // it is done at once. Errors: those of parse_brief and make_script; provider_unavailable; busy.
  // A follower hears of what a writer writes, and of nothing that is done at once.
  Result<Json> start(const Json& brief, ScriptFollower follower = {});
  // The same of a script that was started. Errors: not_found, and what its writing failed with.
  Result<Json> result(const std::string& id);
  // Stops the writing; the calls that were made are paid for. Errors: not_found.
  Result<Json> cancel(const std::string& id);

 private:
  struct Entry {
    std::string id;
    Brief brief;
    Json asked;                          // the brief as sent
    std::optional<Result<Script>> made;  // absent while it is being written
    ScriptFollower follower;
    std::atomic<bool> stop{false};
    std::thread thread;
  };

  void write(Entry& entry, providers::Provider& writer);
  Result<void> keep_result(Entry& entry, Result<Script> made);

  Entry& add(Brief brief, const Json& asked);
  Result<void> keep(const Entry& entry);
  Entry* find(const std::string& id);
  int writing() const;
  static Result<Json> answer(const Entry& entry);

  const providers::Registry& registry_;
  storage::Database& database_;
  const std::filesystem::path scratch_;
  const std::optional<double> day_budget_usd_;
  std::atomic<bool> ending_{false};
  std::mutex mutex_;
  std::list<Entry> entries_;  // oldest first
};

}  // namespace reeld::engine
