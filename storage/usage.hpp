// What jobs took of the machine: samples of a job while it runs, and sums over many jobs. Errors beside those
// of every method of Database: not_found for a job that is not there. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/database.hpp"

namespace reeld::storage {

// A moment of a job. The first two count from when a daemon took the job up, and begin anew after a restart.
struct ResourceSample {
  std::int64_t time_us = 0;
  std::int64_t frames = 0;  // rendered
  double cpu_seconds = 0;   // of its workers
  double memory_mb = 0;     // resident, of the workers that are at work for it
  // Absent where nothing measures them. Percents of one GPU, the one most in use.
  std::optional<double> gpu_percent, encoder_percent, gpu_memory_mb;
  std::string
      gpu_scope;  // "job": of its workers; "machine": of all programs; empty where all three are absent
  // Between the sample before and this one; worked out when read, absent where there is none to compare with.
  std::optional<double> frames_per_second = {}, cpu_cores = {};
};

enum class UsageBy : std::uint8_t { day, user, device, encoder, provider, model };
inline constexpr std::string_view kUsageByNames[] = {"day", "user", "device", "encoder", "provider", "model"};

// A job counts at the time it was made, a call to a provider when it was sent: from <= t < before. Empty
// texts do not restrict.
struct UsageQuery {
  UsageBy by = UsageBy::day;
  std::int64_t from_us = 0, before_us = 0;
  std::string user_id = {}, device = {};
};

struct UsageSum {
  std::string key;   // a day as 2026-11-21 (UTC), a user's id, a device ...; empty: of jobs that have none
  std::string name;  // as people call it: a user's name, else the key
  std::int64_t jobs = 0, calls = 0, tokens = 0;
  double cost_usd = 0;
  // Of jobs; absent in sums by provider or model, which are of calls.
  struct Work {
    std::int64_t films = 0, frames = 0;
    double film_seconds = 0, wall_seconds = 0, cpu_seconds = 0, gpu_seconds = 0;
    double peak_memory_mb = 0, peak_gpu_memory_mb = 0;  // the highest
  };
  std::optional<Work> work;
  std::optional<double> call_seconds;  // of calls; absent in the others
};

struct UsageSums {
  std::vector<UsageSum> rows;  // by key, from small to large
  UsageSum total;              // of all: a job that asked two providers is one
};

class UsageLog {
 public:
  // So many samples of a job are kept at most. Where another would be one more, every second one is removed.
  static constexpr std::int64_t kMostSamples = 1200;

  explicit UsageLog(Database& database) : database_(database) {}

  // Also notes when the job's open stage will be completed, where that is known. True where samples were
  // removed: whoever samples does so half as often from then on.
  Result<bool> add_sample(const std::string& job_id, const ResourceSample& sample,
                          const std::optional<std::int64_t>& stage_estimate_us);
  Result<std::vector<ResourceSample>> samples(const std::string& job_id);  // oldest first

  Result<UsageSums> sums(const UsageQuery& query);

  // As SQLite says that it would work `sums` out, a step a line.
  Result<std::vector<std::string>> plan_of_sums(const UsageQuery& query);

 private:
  Database& database_;
};

}  // namespace reeld::storage
