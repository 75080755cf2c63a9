// What the daemon does, as one object: everything it owns, in the order in which it is made, and what answers
// the methods of docs/protocol.md.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/desks/desks.hpp"
#include "engine/event_rotation.hpp"
#include "engine/executor.hpp"
#include "engine/job_queue.hpp"
#include "engine/provider_checks.hpp"
#include "engine/provider_health.hpp"
#include "engine/reuse/segment_cache.hpp"
#include "engine/script/script_desk.hpp"
#include "providers/local/allowed_roots.hpp"
#include "providers/provider_set.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

struct ServiceOptions {
  std::filesystem::path data_dir;
  std::filesystem::path models_dir;  // docs/metrics/learned.md; empty: `models` in data_dir
  std::filesystem::path worker_program;
  int slots = 1;  // workers
  int threads_per_slot = 1;
  int queue_limit = 1000;                  // jobs that wait
  double segment_seconds = 20;             // what a worker renders in one go
  std::int64_t segment_cache_mb = 2000;    // coded segments kept for films to come; 0: none
  std::vector<std::string> encoder_order;  // empty: NVENC, VAAPI, software
  std::vector<std::filesystem::path> allowed_roots;
  std::optional<double> day_budget_usd;  // what providers may cost on a UTC day; absent: no limit
  EventLimits events;
  std::vector<providers::ProviderConfig> providers;
  std::vector<std::filesystem::path> plugin_dirs;  // docs/plugins.md
  std::filesystem::path ca_file;                   // trusted beside the system's certificates; empty: none
  std::int64_t kept_free_mb = 200;                 // of the disk, whatever jobs would need
  double cleanup_hours = 1;                        // between cleanups by the storage's policies
  BroughtLimits brought;                           // of pictures for brands and products
  bool check_providers = true;                     // ask configured services every minute whether they answer
};

class Service {
 public:
  // Opens the database, starts the workers, and takes up the jobs that an earlier daemon left unfinished.
  static Result<std::unique_ptr<Service>> start(const ServiceOptions& options, EventSink sink);
  // Leaves unfinished jobs as they are: the next start goes on with them.
  ~Service();

  // Of every method that the engine answers. They refer to the service. `check` is for parameters that come
  // inside of others.
  Handlers handlers(const ParamsCheck& check);

  // From now on no new job is taken. Idle once the jobs at work are done; those that wait are left to the
  // next start.
  void drain() { jobs_->drain(); }
  bool idle() const { return jobs_->idle(); }

 private:
  Service(const ServiceOptions& options, EventSink sink);
  JobTools job_tools();
  std::filesystem::path models_dir() const;
  Result<Json> devices();
  Result<Json> providers();
  Result<Json> health();
  Result<Json> stats();
  Result<Json> script(const Json& params);
  Result<Json> check_provider(const Json& params);

  // Each works with those above it, and ends before them.
  const ServiceOptions options_;
  const EventSink sink_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::unique_ptr<storage::Database> database_;
  const providers::AllowedRoots roots_;
  std::unique_ptr<providers::ProviderSet> providers_;
  std::unique_ptr<ProviderHealth> health_;
  std::unique_ptr<EventRotation> rotation_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<GpuWatch> gpus_;
  std::unique_ptr<SegmentCache> segments_;
  std::unique_ptr<ScriptDesk> scripts_;
  std::unique_ptr<ProviderChecks> checks_;
  DiskSpace disk_;
  std::unique_ptr<JobQueue> jobs_;
  InstalledFonts fonts_;
  std::unique_ptr<Desks> desks_;
  std::mutex devices_mutex_;
  std::optional<Json> devices_;  // asked once, of a worker
};

}  // namespace reeld::engine
