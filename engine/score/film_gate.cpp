#include "engine/score/film_gate.hpp"

#include "engine/score/gate.hpp"
#include "storage/metrics.hpp"

namespace reeld::engine {

Result<void> check_film(storage::Database& database, const std::string& job_id, const Gate& gate,
                        JobProgress& progress) {
  if (gate.reach.empty()) return {};
  REELD_ASSIGN(const auto metrics, storage::Metrics(database).of_job(job_id));
  Figures figures;
  for (const storage::Metric& metric : metrics) {
    if (!metric.scene) figures[metric.name] = metric.value;
  }
  const auto missed = missed_of(gate.reach, figures);
  if (missed.empty()) return {};
  const std::string told = "the film does not reach what is asked: " + missed_text(missed);
  if (gate.otherwise == Otherwise::warn) return progress.warn(told, "/quality/film");
  return Error{Code::quality_not_reached, told + "; it was not given its name", "/quality/film"};
}

}  // namespace reeld::engine
