// A plugin at work: the requests it is given, and its process, which the first of them starts, and the next
// one again after it died. All this happens in one thread of the object's own; ask and ping are called from
// any thread and wait. Destroyed when nobody asks any more; the process ends with it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "providers/plugin/manifest.hpp"
#include "providers/plugin/messages.hpp"
#include "providers/plugin/plugin_options.hpp"
#include "providers/plugin/session.hpp"
#include "providers/policy/tried.hpp"

namespace reeld::providers {

// What came of a request: the plugin's own result message, or why there is none.
struct Asked {
  Result<nlohmann::json> result;
  Remedy remedy = Remedy::none;
  std::optional<std::chrono::milliseconds> retry_after = std::nullopt;
};

class PluginProcess {
 public:
  static constexpr std::size_t kMaxWaiting = 64;

  PluginProcess(PluginManifest manifest, PluginOptions options);
  ~PluginProcess();

  // Sends the fields as a request and waits for its result. After a cancel or the deadline the plugin has its
  // manifest's time to stop, and is killed after that: once this returns, nobody writes into the scratch
  // folder. Errors: what the plugin answers; cancelled, timed_out; provider_failed where it died or was ended
  // meanwhile; provider_unavailable where it does not start, or died too often; rate_limited where too many
  // wait; limit_exceeded.
  Asked ask(const nlohmann::json& fields, Clock::time_point deadline, const Cancelled& cancelled);
  // Starts it where it does not run, and waits for a sign of life. Errors as ask.
  Asked ping(Clock::time_point deadline, const Cancelled& cancelled);

  const PluginManifest& manifest() const { return manifest_; }
  // What its last hello said; the manifest's own words before that.
  Hello hello() const;
  // Why it is left alone for now; empty where it can be asked.
  std::string why_not() const;

 private:
  struct Request {
    nlohmann::json message;  // without its id
    Clock::time_point deadline = Clock::time_point::max();
    bool is_ping = false, sent = false, done = false;
    std::optional<Error> stop = std::nullopt;                // why it is to end without a result
    std::optional<Clock::time_point> end_by = std::nullopt;  // once a cancel was sent
    std::optional<Asked> answer = std::nullopt;
  };
  using Id = std::uint64_t;

  Asked wait_for(const std::shared_ptr<Request>& request, const Cancelled& cancelled);
  void run();
  // The rest belongs to the thread, with the mutex held.
  void begin(std::unique_ptr<Session>& session);
  void take(const nlohmann::json& message);
  void stop_what_must(Session* session, Clock::time_point now);
  void hand_out(Session& session, Clock::time_point now);
  void fell(const std::string& reason, bool was_ready, Clock::time_point now);
  void finish(Id id, Asked asked);
  void wake() const;
  Error error(Code code, const std::string& what) const;

  const PluginManifest manifest_;
  const PluginOptions options_;
  int wake_fd_ = -1;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable answered_;
  std::map<Id, std::shared_ptr<Request>> requests_;  // that are not done; shared with who waits for it
  Id last_id_ = 0;
  Hello hello_;
  std::vector<Clock::time_point> deaths_;  // within the rule's window
  Clock::time_point next_start_{};
  std::string why_not_;  // after too many deaths, until next_start_
  bool stopping_ = false;
  std::thread thread_;  // runs from the first request on
};

}  // namespace reeld::providers
