// What is recorded of jobs and of the files they use and make. Values of Database's methods. Times are UTC
// microseconds since 1970; ids are UUIDs (version 7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.hpp"

namespace reeld::storage {

using Json = nlohmann::json;

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

// How a job's request was written, where a provider of scripts or an agent wrote it.
struct JobScript {
  std::string prompt;     // what was asked; needed
  std::string framework;  // PAS, BAB, AIDA, master_mode; empty: none
  bool use_llm = true;
  Json llm_specification = {};    // an object, or null
  Json scene_plan;                // an object with "scenes", or null
  Json llm_conversation_history;  // a list, or null
};

struct NewJob {
  std::string idempotency_key;  // empty: none
  std::string request_hash;     // of the request as sent, to tell a repetition from a conflict
  Json request;                 // as sent
  std::string base_dir;         // where its relative files are looked for
  std::string target;           // absolute path of the finished film
  std::string title;
  bool allow_fallback = false;            // another model than the one asked for may answer
  std::optional<double> budget_usd = {};  // what it may cost; nullopt: no limit of its own
  // Whose it is and what it belongs to: ids, empty where there is none.
  std::string user_id = {};     // empty: the local user
  std::string session_id = {};  // of a front end, up to 128 characters
  std::string project_id = {};
  std::string group_id = {};
  std::string parent_job_id = {};  // the film that this is a new version of
  // What a front end's flow was told, beside the request that came of it; objects.
  Json composition_settings = Json::object();
  Json coherence_settings = Json::object();
  std::optional<JobScript> script = {};  // what the request was made of
  // Taken from another film: the job has them from the start, and asks nobody for them.
  struct Given {
    std::string asset_id, role;
    int scene = -1;
  };
  std::vector<Given> given = {};
};

// What a job took, of all its attempts together, as far as the workers lived to tell.
struct JobResources {
  double wall_seconds = 0, cpu_seconds = 0, gpu_seconds = 0;
  double peak_memory_mb = 0, peak_gpu_memory_mb = 0, disk_used_mb = 0;
  std::int64_t frames = 0;
  double frames_per_second = 0;
  std::string encoder, device;
  Json encoder_trials = Json::array();  // [{"name", "why_not"}]: what was tried before it
  Json quality_search = nullptr;        // how the crf was found where a target chose it; else null
};

// What the tasks of a stage took in the workers.
struct StageUse {
  double cpu_seconds = 0, gpu_seconds = 0;
  double peak_memory_mb = 0, peak_gpu_memory_mb = 0;
  std::int64_t frames = 0;  // rendered in it
};

struct JobStage {
  std::string stage;  // creating_images, processing_audio, planning, rendering, encoding, ...
  std::int64_t started_us = 0;
  std::optional<std::int64_t> completed_us;
  std::optional<Error> error;
  int attempt = 1;                           // of the job
  std::optional<std::int64_t> estimated_us;  // when it was last thought to be completed
  std::optional<StageUse> used;              // absent until its end, and where a daemon died in its midst
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
  std::optional<std::int64_t> removed_us = {};  // its file is gone; adding the content again brings it back
};

struct Video {
  std::string id;
  std::string job_id;
  std::string file;    // absolute path of the finished film
  std::string poster;  // absolute path of its thumbnail; empty where there is none
  std::string title;
  Json facts;  // engine::VideoFacts as probed from the file
  std::int64_t created_us = 0;
  std::optional<std::int64_t> removed_us = {};  // its file was cleaned up
  std::int64_t poster_bytes = 0;
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
  std::string user_id, session_id, project_id, group_id, parent_job_id;
  Json composition_settings = Json::object(), coherence_settings = Json::object();
  std::int64_t model_requests = 0, tokens_used = 0;  // of all its calls to providers
};

// Empty fields do not restrict.
struct JobFilter {
  std::optional<JobStatus> status = {};
  std::string user_id = {}, session_id = {}, project_id = {}, group_id = {}, parent_job_id = {};
  std::string model = {};                                    // of the first scene's picture
  std::optional<std::int64_t> from_us = {}, before_us = {};  // of created_us: from <= t < before
};

struct ScriptRecord {
  std::string id;
  std::string origin;  // "rules", or who wrote it: "gemini/gemini-2.5-flash"
  Json brief, script, request;
  std::int64_t created_us = 0;  // 0: now
};

}  // namespace reeld::storage
