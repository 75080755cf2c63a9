#include "engine/score/record.hpp"

#include "storage/metrics.hpp"

namespace reeld::engine {

Result<void> record_scores(storage::Database& database, const std::string& job_id, const Scores& scores) {
  std::vector<storage::Metric> metrics;
  for (const Score& score : scores.scores) {
    metrics.push_back({"", job_id, score.scene, score.name, score.value, score.model, 0});
  }
  std::vector<storage::MetricSeries> series;
  for (const Series& one : scores.series) {
    series.push_back({one.name, one.first_frame, one.frames_each, one.values});
  }
  storage::Metrics records(database);
  if (!metrics.empty()) REELD_TRY(records.record(metrics));
  return series.empty() ? Result<void>() : records.record_series(job_id, series);
}

}  // namespace reeld::engine
