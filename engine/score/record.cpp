#include "engine/score/record.hpp"

#include <spdlog/spdlog.h>

#include "storage/groups.hpp"

namespace reeld::engine {

void record_scores(const JobTools& tools, const storage::Job& job, const Scores& scores) {
  std::vector<storage::Metric> metrics;
  for (const Score& score : scores.scores) {
    storage::Metric metric;
    metric.job_id = job.id;
    metric.scene = score.scene;
    metric.name = score.name;
    metric.value = score.value;
    metric.model = score.model;
    metrics.push_back(std::move(metric));
  }
  if (metrics.empty()) return;
  const auto recorded = storage::Metrics(tools.database).record(metrics);
  if (!recorded) spdlog::error("job={} scores not recorded: {}", job.id, recorded.error().message);
}

}  // namespace reeld::engine
