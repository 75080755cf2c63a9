#include "engine/score/record.hpp"

#include "storage/groups.hpp"

namespace reeld::engine {

Result<void> record_scores(storage::Database& database, const std::string& job_id, const Scores& scores) {
  std::vector<storage::Metric> metrics;
  for (const Score& score : scores.scores) {
    storage::Metric& metric = metrics.emplace_back();
    metric.job_id = job_id;
    metric.scene = score.scene;
    metric.name = score.name;
    metric.value = score.value;
    metric.model = score.model;
  }
  return metrics.empty() ? Result<void>() : storage::Metrics(database).record(metrics);
}

}  // namespace reeld::engine
