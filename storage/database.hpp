// The record of everything: SQLite in WAL mode, in the data directory. One Database a process; its methods
// may be called from any thread (one connection behind a mutex). Times are UTC microseconds since 1970; ids
// are UUIDs (version 7). Errors of every method: database_failed with SQLite's words; disk_full; and what is
// named beside it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.hpp"
#include "storage/provider_records.hpp"

namespace reeld::storage {

using Json = nlohmann::json;

// A new UUID, version 7: sorts by the time of its making, also within one millisecond in one process.
std::string new_id();
std::int64_t now_us();

// pending -> media_generation -> video_composition -> completed; each of the first three also -> failed or
// cancelled; failed, cancelled -> pending (retry). The database refuses every other step.
enum class JobStatus : std::uint8_t {
  pending,
  media_generation,
  video_composition,
  completed,
  failed,
  cancelled
};
std::string_view job_status_name(JobStatus status);
std::optional<JobStatus> job_status_from_name(std::string_view name);
bool is_final(JobStatus status);

struct NewJob {
  std::string idempotency_key;  // empty: none
  std::string request_hash;     // of the request as sent, to tell a repetition from a conflict
  Json request;                 // as sent
  std::string base_dir;         // where its relative files are looked for
  std::string target;           // absolute path of the finished film
  std::string title;
  bool allow_fallback = false;            // another model than the one asked for may answer
  std::optional<double> budget_usd = {};  // what it may cost; nullopt: no limit of its own
};

struct JobResources {
  double wall_seconds = 0, cpu_seconds = 0, gpu_seconds = 0;
  double peak_memory_mb = 0, peak_gpu_memory_mb = 0, disk_used_mb = 0;
  std::int64_t frames = 0;
  double frames_per_second = 0;
  std::string encoder, device;
  Json encoder_trials = Json::array();  // [{"name", "why_not"}]: what was tried before it
};

struct JobStage {
  std::string stage;  // creating_images, processing_audio, planning, rendering, encoding, ...
  std::int64_t started_us = 0;
  std::optional<std::int64_t> completed_us;
  std::optional<Error> error;
};

// A word of a speech and when it is said, from the speech's start.
struct Word {
  std::string text;
  double start_seconds = 0, end_seconds = 0;
  bool operator==(const Word&) const = default;
};

// A file and how it came to be. Content that is made once more keeps the record of its first making; each
// making has its ProviderCall.
struct Asset {
  std::string id;
  std::string sha256;
  std::string type;         // IMAGE, AUDIO, VIDEO_CLIP, TEXT_OVERLAY
  std::string source_type;  // GENERATED, STOCK, USER_UPLOADED
  std::string file;         // relative to the data directory
  std::string provider;
  std::string model_asked, model;  // the second is the one that made it
  std::string prompt, negative_prompt;
  std::optional<std::uint64_t> seed;  // as used
  Json params = Json::object();       // the wish as asked
  std::string fingerprint;            // of the wish that made it; empty where it must be made anew
  double response_seconds = 0;
  std::int64_t request_count = 0;  // the failed ones too
  std::int64_t input_tokens = 0, output_tokens = 0, thought_tokens = 0, cached_tokens = 0;
  std::optional<double> cost_usd;    // nullopt where no price is known
  std::optional<double> confidence;  // 0..1, where the provider says one
  std::int64_t size_bytes = 0;
  std::optional<std::int64_t> duration_us;
  std::vector<Word> words;       // of a speech, in order
  bool words_estimated = false;  // their times are worked out here, not the provider's
  int width = 0, height = 0;
  std::string media_type;
  Json metadata = Json::object();
  std::int64_t created_us = 0;
};

struct Video {
  std::string id;
  std::string job_id;
  std::string file;    // absolute path of the finished film
  std::string poster;  // absolute path of its thumbnail; empty where there is none
  std::string title;
  Json facts;  // engine::VideoFacts as probed from the file
  std::int64_t created_us = 0;
};

struct Event {
  std::string job_id;
  std::int64_t seq = 0;  // 1, 2, ... within the job
  std::int64_t time_us = 0;
  std::string type;  // status, stage, progress, warning, finished
  Json body;
};

struct Job {
  std::string id;
  std::string idempotency_key, request_hash;
  Json request;
  std::string base_dir, target, title;
  JobStatus status = JobStatus::pending;
  std::string stage;
  double progress = 0;         // percent, 0..100
  std::optional<Error> error;  // present exactly where status is failed
  Json warnings = Json::array();
  std::int64_t created_us = 0;
  std::optional<std::int64_t> started_us, completed_us;
  int attempt = 1;  // grows by retry
  bool allow_fallback = false, model_fallback_occurred = false;
  std::optional<double> budget_usd;
  double cost_usd = 0;  // what is settled so far, of all attempts
};

struct JobFilter {
  std::optional<JobStatus> status;
  std::string before_id;  // only jobs made before this one; for paging
  int limit = 50;         // 1..500
};

class Database {
 public:
  // Opens or makes it and applies the migrations that are missing, each in a transaction. Refuses a database
  // newer than this program knows (invalid_state). Only the daemon that holds the data directory opens it:
  // what is reserved of budgets is taken for an earlier daemon's and released.
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& file);
  ~Database();

  int schema_version() const;

  // Durable when it returns. A repeated idempotency key gives the first job where request_hash and target are
  // equal, else conflict.
  struct Created {
    Job job;
    bool repeated = false;
  };
  Result<Created> create_job(const NewJob& job);
  Result<Job> find_job(const std::string& id);                  // not_found
  Result<std::vector<Job>> list_jobs(const JobFilter& filter);  // newest first
  Result<std::vector<Job>> unfinished_jobs();                   // oldest first; for going on after a restart
  Result<Json> counts();  // {"jobs": {status: count}, "assets": n, "videos": n, ...}

  // invalid_state where the step is not allowed. `error` is required for failed and refused elsewhere. Sets
  // started_us on leaving pending, completed_us on reaching a final status; pending (retry) clears error,
  // progress and both times and increments attempt.
  Result<void> set_status(const std::string& id, JobStatus status,
                          const std::optional<Error>& error = std::nullopt);
  // Progress never goes back within an attempt: a smaller percentage is kept out.
  Result<void> set_progress(const std::string& id, const std::string& stage, double percent);
  Result<void> add_warning(const std::string& id, const Json& warning);
  // Another model than the one asked for answered. invalid_state where the job does not allow it.
  Result<void> set_fallback_occurred(const std::string& id);

  Result<void> begin_stage(const std::string& job_id, const std::string& stage);
  Result<void> end_stage(const std::string& job_id, const std::string& stage,
                         const std::optional<Error>& error);
  Result<std::vector<JobStage>> stages(const std::string& job_id);

  Result<void> set_resources(const std::string& job_id, const JobResources& resources);
  Result<std::optional<JobResources>> resources(const std::string& job_id);

  // One row a content; adding what is there gives the row that is there (its fingerprint is added to it).
  Result<Asset> add_asset(const Asset& asset);
  // Of a speech whose provider gave no times: those worked out here. What a provider gave is never replaced.
  Result<void> set_estimated_words(const std::string& asset_id, const std::vector<Word>& words);
  Result<std::optional<Asset>> find_asset_by_fingerprint(const std::string& fingerprint);
  // role: "picture", "speech", "music", ...; scene is -1 where it belongs to the whole film.
  Result<void> link_asset(const std::string& job_id, const std::string& asset_id, const std::string& role,
                          int scene);
  // An asset that turned out to be no good: the job loses it, and no wish is served from it again.
  Result<void> disown_asset(const std::string& job_id, const std::string& asset_id);
  struct JobAsset {
    Asset asset;
    std::string role;
    int scene = -1;
  };
  Result<std::vector<JobAsset>> job_assets(const std::string& job_id);

  Result<void> add_video(const Video& video);  // replaces the job's earlier one
  Result<std::optional<Video>> video(const std::string& job_id);

  // Gives the event its seq and time.
  Result<Event> append_event(const std::string& job_id, const std::string& type, const Json& body);
  Result<std::vector<Event>> events_after(const std::string& job_id, std::int64_t seq, int limit);

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

 private:
  struct Impl;
  explicit Database(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace reeld::storage
