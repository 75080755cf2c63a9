// All that was measured of a job, read together, and as clients see it. Any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/request.hpp"
#include "engine/score/catalog.hpp"
#include "storage/database.hpp"
#include "storage/metrics.hpp"

namespace reeld::engine {

struct JobMetrics {
  storage::Job job;
  std::optional<storage::Video> video;
  std::vector<storage::Metric> scores;
  std::vector<storage::MetricSeries> series;
  std::vector<storage::PictureTry> tries;
  OwnMetrics own;  // what the scores by users' models mean
  bool any() const { return !scores.empty() || !series.empty() || !tries.empty(); }
};

// `own`: as the users' manifests tell now. Errors: not_found, and those of Database.
Result<JobMetrics> metrics_of_job(storage::Database& database, const std::string& job_id, OwnMetrics own);

// {"job", "scores", "series", "pictures", "why_not"}; docs/protocol/metrics.md.
Json metrics_json(const JobMetrics& metrics);

// One of "scores".
Json score_json(const storage::Metric& score, const OwnMetrics& own);

// {"unit", "better", "range"} of what a score's number means: null for what is not said, or has no end.
Json meaning_json(const MetricMeaning& meaning);

// Why there is no score of it, in a sentence.
std::string why_no_scores(const JobMetrics& metrics);

}  // namespace reeld::engine
