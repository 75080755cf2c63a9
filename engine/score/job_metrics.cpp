#include "engine/score/job_metrics.hpp"

#include <utility>

#include "engine/records.hpp"

namespace reeld::engine {
namespace {

Json text_or_null(std::string_view text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json try_json(const storage::PictureTry& tried) {
  return {{"scene", tried.scene},
          {"number", tried.number},
          {"attempt", tried.attempt},
          {"asset", tried.asset_id},
          {"seed", tried.seed ? Json(*tried.seed) : Json(nullptr)},
          {"cost_usd", tried.cost_usd ? Json(*tried.cost_usd) : Json(nullptr)},
          {"scores", tried.scores},
          {"hash", text_or_null(tried.hash)},
          {"kept", tried.kept},
          {"created_at", time_text(tried.created_us)}};
}

}  // namespace

Json score_json(const storage::Metric& score, const OwnMetrics& own) {
  Json json = {{"scene", score.scene ? Json(*score.scene) : Json(nullptr)},
               {"name", score.name},
               {"value", score.value},
               {"model", text_or_null(score.model)},
               {"created_at", time_text(score.created_us)}};
  json.update(meaning_json(meaning_of(score.name, own)));
  return json;
}

Json meaning_json(const MetricMeaning& meaning) {
  const auto end = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
  const bool has_range = meaning.least || meaning.most;
  return {{"unit", meaning.unit},
          {"better", text_or_null(meaning.better)},
          {"range", has_range ? Json::array({end(meaning.least), end(meaning.most)}) : Json(nullptr)}};
}

Result<JobMetrics> metrics_of_job(storage::Database& database, const std::string& job_id, OwnMetrics own) {
  JobMetrics found;
  found.own = std::move(own);
  REELD_ASSIGN(found.job, database.find_job(job_id));
  REELD_ASSIGN(found.video, database.video(job_id));
  REELD_ASSIGN(found.scores, storage::Metrics(database).of_job(job_id));
  REELD_ASSIGN(found.series, storage::Metrics(database).series_of_job(job_id));
  REELD_ASSIGN(found.tries, storage::PictureTries(database).of_job(job_id));
  return found;
}

Json metrics_json(const JobMetrics& metrics) {
  Json json = {{"job", metrics.job.id},
               {"scores", Json::array()},
               {"series", Json::array()},
               {"pictures", Json::array()},
               {"why_not", metrics.any() ? Json(nullptr) : Json(why_no_scores(metrics))}};
  for (const storage::Metric& score : metrics.scores)
    json["scores"].push_back(score_json(score, metrics.own));
  for (const storage::MetricSeries& one : metrics.series) {
    json["series"].push_back({{"name", one.name},
                              {"first_frame", one.first_frame},
                              {"frames_each", one.frames_each},
                              {"values", one.figures}});
  }
  for (const storage::PictureTry& tried : metrics.tries) json["pictures"].push_back(try_json(tried));
  return json;
}

std::string why_no_scores(const JobMetrics& metrics) {
  const auto request = parse_request(metrics.job.request);
  if (request && !request->quality.score) {
    return "the job has no scores: its request says \"quality\": {\"score\": false}";
  }
  const std::string status(storage::job_status_name(metrics.job.status));
  switch (metrics.job.status) {
    case storage::JobStatus::completed:
      return "the job has no scores: its film was made before films were scored, or its scoring failed; its "
             "warnings tell";
    case storage::JobStatus::failed:
    case storage::JobStatus::cancelled:
      return "the job has no scores: it is " + status + ", and ended before anything was scored";
    default:
      return "the job has no scores yet: it is " + status + "; ask again when it is completed";
  }
}

}  // namespace reeld::engine
