#include "engine/desks/metrics_desk.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "engine/desks/params.hpp"
#include "engine/learned/learned_models.hpp"
#include "engine/score/job_metrics.hpp"
#include "engine/score/report_maker.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

constexpr int kThreads = 1;
constexpr std::size_t kMostWaiting = 16;

fs::path scratch_of(const DeskTools& tools) {
  return tools.data_dir / "reports";
}

Result<fs::path> target_of(const Json& params) {
  REELD_TRY(check_absolute(params, "target"));
  const fs::path target = params.at("target").get<std::string>();
  if (target.extension() != ".html") {
    return Error{Code::invalid_request, "target is \"" + target.string() + "\": its name must end in .html",
                 "/target"};
  }
  std::error_code ignored;
  if (fs::is_directory(target.parent_path(), ignored)) return target;
  return Error{Code::target_unwritable,
               "there is no folder " + target.parent_path().string() + "; make it first", "/target"};
}

}  // namespace

MetricsDesk::MetricsDesk(const DeskTools& tools) : tools_(tools), works_(kThreads, kMostWaiting) {
  std::error_code ignored;
  fs::remove_all(scratch_of(tools_), ignored);
}

Handlers MetricsDesk::handlers() {
  return {
      {"metrics", [this](const Json& p) { return metrics(p); }},
      {"metric_list", [this](const Json& p) { return list(p); }},
      {"metrics_report", [this](const Json& p) { return report(p); }},
      {"models", [this](const Json&) { return Result<Json>(models_json(tools_.models_dir)); }},
  };
}

Result<JobMetrics> MetricsDesk::found_of(const Json& params) {
  return metrics_of_job(tools_.database, params.at("job").get<std::string>(), own_metrics(tools_.models_dir));
}

Result<Json> MetricsDesk::metrics(const Json& params) {
  REELD_ASSIGN(const JobMetrics found, found_of(params));
  return metrics_json(found);
}

Result<Json> MetricsDesk::list(const Json& params) {
  const storage::MetricFilter filter{params.value("job", ""), params.value("group", ""),
                                     params.value("name", "")};
  storage::Metrics metrics(tools_.database);
  return answer_page(
      params, "metrics", [&](const auto& page) { return metrics.list(filter, page); },
      [&] { return metrics.count(filter); },
      [own = own_metrics(tools_.models_dir)](const storage::Metric& metric) {
        Json row = score_json(metric, own);
        row["id"] = metric.id;
        row["job"] = metric.job_id;
        return row;
      });
}

Result<Json> MetricsDesk::report(const Json& params) {
  REELD_ASSIGN(const fs::path target, target_of(params));
  REELD_ASSIGN(const JobMetrics found, found_of(params));
  const std::string id = found.job.id;
  if (!storage::is_final(found.job.status)) {
    return Error{Code::invalid_state, "the job is " +
                                          std::string(storage::job_status_name(found.job.status)) +
                                          "; ask again when it is at its end"};
  }
  if (!found.any()) return Error{Code::invalid_state, why_no_scores(found)};
  const ReportWish wish{tools_.data_dir, scratch_of(tools_) / id, target};
  REELD_ASSIGN(const auto state, works_.ask(
                                     "report " + id + " " + target.string(),
                                     [this, found, wish](const auto& stop, auto& done) {
                                       return make_report(tools_.database, tools_.executor, found, wish, stop,
                                                          done);
                                     },
                                     [id, target](const Result<Json>& end) {
                                       if (end) {
                                         spdlog::info("job={} report done target={}", id, target.string());
                                       } else {
                                         spdlog::error("job={} report failed code={} {}", id,
                                                       code_name(end.error().code), end.error().message);
                                       }
                                     }));
  Json answer = {{"job", id},
                 {"target", target.string()},
                 {"status", state.result ? "done" : "running"},
                 {"progress", 100 * std::min(1.0, state.done)},
                 {"size_bytes", nullptr},
                 {"frames", nullptr},
                 {"scenes", nullptr}};
  if (state.result) answer.update(*state.result);
  return answer;
}

}  // namespace reeld::engine
