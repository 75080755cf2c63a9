// What the daemon does, as one object: takes requests in, runs jobs in the background, answers questions. The
// methods are called by the protocol's thread and are quick; their parameters and results are those of
// docs/protocol.md.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/result.hpp"
#include "engine/backup_desk.hpp"
#include "engine/executor.hpp"
#include "engine/job.hpp"
#include "engine/job_progress.hpp"
#include "engine/provider_checks.hpp"
#include "engine/provider_health.hpp"
#include "engine/script/script_desk.hpp"
#include "providers/local/allowed_roots.hpp"
#include "providers/provider_set.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

struct ServiceOptions {
  std::filesystem::path data_dir;
  std::filesystem::path worker_program;
  int slots = 1;  // workers
  int threads_per_slot = 1;
  int queue_limit = 1000;  // jobs that wait
  double segment_seconds = 10;
  std::vector<std::string> encoder_order;  // empty: NVENC, VAAPI, software
  std::vector<std::filesystem::path> allowed_roots;
  std::optional<double> day_budget_usd;  // what providers may cost on a UTC day; absent: no limit
  std::vector<providers::ProviderConfig> providers;
  std::vector<std::filesystem::path> plugin_dirs;  // docs/plugins.md
  std::filesystem::path ca_file;                   // trusted beside the system's certificates; empty: none
  bool check_providers = true;                     // ask configured services every minute whether they answer
};

class Service {
 public:
  // Opens the database, starts the workers, and takes up the jobs that an earlier daemon left unfinished.
  static Result<std::unique_ptr<Service>> start(const ServiceOptions& options, EventSink sink);
  // Leaves unfinished jobs as they are: the next start goes on with them.
  ~Service();

  Result<Json> submit(const Json& params);
  Result<Json> status(const Json& params);
  Result<Json> list(const Json& params);
  Result<Json> show(const Json& params);
  Result<Json> cancel(const Json& params);
  Result<Json> retry(const Json& params);
  Result<Json> watch(const Json& params);
  Result<Json> devices(const Json& params);
  Result<Json> health(const Json& params);
  Result<Json> stats(const Json& params);
  Result<Json> providers(const Json& params);
  Result<Json> estimate(const Json& params);
  Result<Json> backup(const Json& params);
  Result<Json> script(const Json& params);
  Result<Json> script_result(const Json& params);
  Result<Json> script_cancel(const Json& params);
  Result<Json> check_provider(const Json& params);
  Result<Json> check_provider_result(const Json& params);

  // From now on no new job is taken. Idle once the jobs at work are done; those that wait are left to the
  // next start.
  void drain();
  bool idle() const;

 private:
  struct Running {
    std::unique_ptr<JobProgress> progress;
    std::atomic<bool> stop{false};
    std::atomic<bool> cancelled{false};  // by a client, unlike a stop of the daemon
  };

  Service(const ServiceOptions& options, EventSink sink);
  void work();
  void run(const std::string& id, Running& running);
  void record_end(const storage::Job& job, bool cancelled, const Result<void>& result);
  void announce_end(const std::string& id, JobProgress& progress);
  Result<Json> refuse(const storage::Job& job, const Error& error);
  LiveFigures live(const std::string& job_id) const;

  const ServiceOptions options_;
  const EventSink sink_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::unique_ptr<storage::Database> database_;
  const providers::AllowedRoots roots_;
  std::unique_ptr<providers::ProviderSet> providers_;
  std::unique_ptr<ProviderHealth> health_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<ScriptDesk> scripts_;
  std::unique_ptr<ProviderChecks> checks_;
  std::unique_ptr<BackupDesk> backups_;
  std::optional<Json> devices_;  // asked once, of a worker; used by the protocol's thread alone

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::string> waiting_;
  std::map<std::string, std::unique_ptr<Running>> running_;
  int announcing_ = 0;  // jobs that are done and whose end is being told
  bool draining_ = false, stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace reeld::engine
