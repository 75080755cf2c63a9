// All that was measured of a job, read together, and as clients see it. Any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/request.hpp"
#include "storage/database.hpp"
#include "storage/metrics.hpp"

namespace reeld::engine {

struct JobMetrics {
  storage::Job job;
  std::optional<storage::Video> video;
  std::vector<storage::Metric> scores;
  std::vector<storage::MetricSeries> series;
  std::vector<storage::PictureTry> tries;
  bool any() const { return !scores.empty() || !series.empty() || !tries.empty(); }
};

// Errors: not_found, and those of Database.
Result<JobMetrics> metrics_of_job(storage::Database& database, const std::string& job_id);

// {"job", "scores", "series", "pictures", "why_not"}; docs/protocol/metrics.md.
Json metrics_json(const JobMetrics& metrics);

// One of "scores".
Json score_json(const storage::Metric& score);

// Why there is no score of it, in a sentence.
std::string why_no_scores(const JobMetrics& metrics);

}  // namespace reeld::engine
