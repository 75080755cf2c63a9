// The record of everything: SQLite in WAL mode, in the data directory. One Database a process; its methods
// may be called from any thread: reads run side by side, each of one moment, and wait for nobody; changes run
// on one thread, those that wait together are committed together, and are durable when their method returns.
// Times are UTC microseconds since 1970; ids are UUIDs (version 7). Errors of every method: database_failed
// with SQLite's words; disk_full; busy where another process holds the file; and what is named beside it.
// What belongs to users, projects, groups, films' scores, brands and edits has its methods in users.hpp,
// projects.hpp, takes.hpp, groups.hpp, metrics.hpp, brands.hpp, edits.hpp, reuse.hpp and media.hpp; samples
// and sums of what jobs took are in usage.hpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "storage/job_records.hpp"
#include "storage/listing.hpp"
#include "storage/provider_records.hpp"

namespace reeld::storage {

// A new UUID, version 7: sorts by the time of its making, also within one millisecond in one process.
std::string new_id();
std::int64_t now_us();

class Database {
 public:
  // Opens or makes it and applies the migrations that are missing, each in a transaction. Refuses a database
  // newer than this program knows (invalid_state). Only the daemon that holds the data directory opens it:
  // what is reserved of budgets is taken for an earlier daemon's and released.
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& file);
  ~Database();

  int schema_version() const;

  // Since it was opened: changes are committed together where several wait at the same time.
  struct Writes {
    std::int64_t changes = 0, commits = 0;
  };
  Writes writes() const;

  // What is wrong with its file or disk, as the last tries met it: damage, until it is opened again; what
  // hinders writing, until something was written.
  std::optional<Error> trouble() const;

  // A copy of the database as it is when this returns, while others go on reading and writing; verified, and
  // durable under its name once it is there. target_unwritable where `to` is there already or cannot be
  // written; disk_full; database_failed where the copy is not sound.
  struct BackedUp {
    std::int64_t bytes = 0, rows = 0;  // of all tables
  };
  // `stop` is asked between steps; cancelled where it says so.
  Result<BackedUp> backup(
      const std::filesystem::path& to, const std::function<bool()>& stop = [] { return false; });

  // Durable when it returns. A repeated idempotency key gives the first job where request_hash and target are
  // equal, else conflict.
  struct Created {
    Job job;
    bool repeated = false;
  };
  Result<Created> create_job(const NewJob& job);
  Result<Job> find_job(const std::string& id);  // not_found
  // sorts: title, status, cost, completed
  Result<Page<Job>> page_of_jobs(const JobFilter& filter, const PageRequest& page);
  Result<std::int64_t> count_jobs(const JobFilter& filter);
  // Its rows, and the assets that nobody else uses; their files are then to be removed (storage/media.hpp).
  // not_found; invalid_state for a job that is not at its end.
  Result<void> remove_job(const std::string& id);
  Result<std::vector<Job>> unfinished_jobs();  // oldest first; for going on after a restart
  Result<Json> counts();                       // {"jobs": {status: count}, "assets": n, "videos": n, ...}

  // invalid_state where the step is not allowed. `error` is required for failed and refused elsewhere. Sets
  // started_us on leaving pending, completed_us on reaching a final status; pending (retry) clears error,
  // progress and both times and increments attempt.
  Result<void> set_status(const std::string& id, JobStatus status,
                          const std::optional<Error>& error = std::nullopt);
  // Progress never goes back within an attempt: a smaller percentage is kept out.
  Result<void> set_progress(const std::string& id, const std::string& stage, double percent);
  // One that is there already, as after a restart, is not added again.
  Result<void> add_warning(const std::string& id, const Json& warning);
  // Another model than the one asked for answered. invalid_state where the job does not allow it.
  Result<void> set_fallback_occurred(const std::string& id);

  Result<void> begin_stage(const std::string& job_id, const std::string& stage);
  Result<void> end_stage(const std::string& job_id, const std::string& stage,
                         const std::optional<Error>& error, const StageUse& used);
  Result<std::vector<JobStage>> stages(const std::string& job_id);

  Result<void> set_resources(const std::string& job_id, const JobResources& resources);
  Result<std::optional<JobResources>> resources(const std::string& job_id);

  // One row a content; adding what is there gives the row that is there (its fingerprint is added to it).
  Result<Asset> add_asset(const Asset& asset);
  // What one answer brought, in its order, and the job's from that moment on: the first in the role that it
  // was asked for, the others as that role's "_alternative". All or nothing. Without a `use` nobody's yet.
  struct AssetUse {
    std::string job_id, role;
    int scene = -1;
  };
  Result<std::vector<Asset>> add_answer(const std::vector<Asset>& assets, const std::optional<AssetUse>& use);
  // Of a speech whose provider gave no times: those worked out here. What a provider gave is never replaced.
  Result<void> set_estimated_words(const std::string& asset_id, const std::vector<Word>& words);
  Result<std::optional<Asset>> find_asset_by_fingerprint(const std::string& fingerprint);
  // role: "picture", "speech", "music", ...; scene is -1 where it belongs to the whole film. `reused`: taken
  // from what was there, so that nobody was asked. What is linked already stays as it is. not_found where its
  // file was removed by now (storage/retention.hpp).
  Result<void> link_asset(const std::string& job_id, const std::string& asset_id, const std::string& role,
                          int scene, bool reused = false);
  // An asset that turned out to be no good: the job loses it, and no wish is served from it again.
  Result<void> disown_asset(const std::string& job_id, const std::string& asset_id);
  struct JobAsset {
    Asset asset;
    std::string role;
    int scene = -1;
    bool reused = false;
  };
  Result<std::vector<JobAsset>> job_assets(const std::string& job_id);

  // A script that was written: kept with the brief that asked for it and the request that was made of it.
  Result<void> add_script(const ScriptRecord& script);
  Result<ScriptRecord> find_script(const std::string& id);  // not_found

  Result<void> add_video(const Video& video);  // replaces the job's earlier one
  Result<std::optional<Video>> video(const std::string& job_id);

  // Gives the event its seq and time.
  Result<Event> append_event(const std::string& job_id, const std::string& type, const Json& body);
  Result<std::vector<Event>> events_after(const std::string& job_id, std::int64_t seq, int limit);
  // Removes of jobs that ended what they told of stages, progress and warnings: what is older than
  // `older_than_us`, and the oldest beyond `most` of all jobs'. Some at a time, so that others get their
  // turn between. A job keeps its statuses, its end and its newest event. Gives how many it removed.
  Result<std::int64_t> rotate_events(std::int64_t older_than_us, std::int64_t most);

  // Durable when it returns, with its id. not_found for a job that is not there.
  Result<ProviderCall> add_call(const ProviderCall& call);
  Result<std::vector<ProviderCall>> calls_between(const CallFilter& filter);  // newest first
  // Figures of the calls that started from `from_us` on and before `before_us`, one a provider and model that
  // had any.
  Result<std::vector<HealthWindow>> health_between(std::int64_t from_us, std::int64_t before_us);
  // The same of one window, kept. A call is recorded at its end, so that a window is whole only once the
  // longest call's limit is over; aggregating again replaces what was kept.
  Result<std::vector<HealthWindow>> aggregate_health(std::int64_t start_us, std::int64_t window_seconds);
  // Kept windows that start from `from_us` on and before `before_us`, oldest first.
  Result<std::vector<HealthWindow>> health_windows(std::int64_t from_us, std::int64_t before_us);
  // Removes calls, kept windows and cleared alerts from before `older_than_us`, some hundreds at a time, so
  // that others get their turn between. Gives how many it removed.
  Result<std::int64_t> rotate_calls(std::int64_t older_than_us);

  Result<void> set_provider_status(const ProviderStatus& status);  // replaces that of its provider and model
  Result<std::vector<ProviderStatus>> provider_statuses();
  Result<void> set_provider_configs(const std::vector<ProviderConfigRecord>& configs);  // replaces them all
  Result<std::vector<ProviderConfigRecord>> provider_configs();

  // Sets aside what a wish may cost, before anything is sent for it, and gives the reservation's id; for what
  // has no known price amount_usd is 0. budget_exceeded where the job or the UTC day would then have spent
  // and reserved more than it may. Reservations that a killed daemon left are released by open().
  Result<std::string> reserve_cost(const CostRequest& request);
  // Releases the reservation and adds what it really cost to its job. Its calls are to be added before, so
  // that the day's cost never misses them. not_found for one that is settled already, or whose job is gone.
  Result<void> settle_cost(const std::string& reservation_id, double actual_usd);
  // Of all calls that started on the UTC day of `time_us`.
  Result<double> cost_of_day(std::int64_t time_us);

  // The open alert of that kind, provider and model; `repeated` where there was one, which then has the new
  // value and message.
  struct Raised {
    Alert alert;
    bool repeated = false;
  };
  Result<Raised> raise_alert(const Alert& alert);
  // The alert that is cleared by this; nullopt where none was open.
  Result<std::optional<Alert>> clear_alert(AlertKind kind, const std::string& provider,
                                           const std::string& model);
  Result<std::vector<Alert>> open_alerts();  // oldest first
  // Raised or cleared at `time_us` or later, oldest first.
  Result<std::vector<Alert>> alerts_since(std::int64_t time_us);

  // For the records of storage/ that have a header of their own; nobody else knows what it is.
  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  explicit Database(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace reeld::storage
