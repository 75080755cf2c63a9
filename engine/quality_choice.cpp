#include "engine/quality_choice.hpp"

#include <spdlog/spdlog.h>

#include "engine/files.hpp"

namespace reeld::engine {
namespace {

Json asked(const QualityTarget& target) {
  return {{"metric", target.metric}, {"at_least", target.at_least}};
}

Result<void> warn_unreached(const Json& search, JobProgress& progress) {
  return progress.warn("the target " + search.at("metric").get<std::string>() + " " +
                           search.at("at_least").dump() + " is not reached: the best quality, crf " +
                           search.at("crf").dump() + ", comes to " + search.at("value").dump(),
                       "/output/target");
}

}  // namespace

Result<Json> choose_quality(const JobTools& tools, const storage::Job& job, const JobFolder& folder,
                            const QualityTarget& target, const Json& choice, Plan& plan,
                            JobProgress& progress, const std::atomic<bool>& cancelled) {
  const auto draft = folder.scratch() / "plan.json";
  REELD_TRY(write_text(draft, to_json(plan).dump()));
  const Json task = {{"task", "quality_search"},
                     {"data_dir", tools.data_dir.string()},
                     {"plan", draft.string()},
                     {"target", asked(target)},
                     {"scratch", folder.scratch().string()},
                     {"encoder", choice.at("encoder")},
                     {"device", choice.at("device")},
                     {"threads", tools.executor.threads_per_slot()}};
  const TaskOutcome found = progress.meter().run(
      tools.executor, task, [&](const Json& event) { progress.advance(event.value("done", 0.0)); },
      cancelled);
  REELD_TRY(found.result);
  Json search = asked(target);
  search.update(*found.result);
  plan.output.crf = search.at("crf").get<int>();
  spdlog::info("job={} crf={} reaches {} {} ({} asked), by {} tries", job.id, plan.output.crf, target.metric,
               search.at("value").get<double>(), target.at_least, search.at("tries").size());
  if (!search.at("reached").get<bool>()) REELD_TRY(warn_unreached(search, progress));
  return search;
}

}  // namespace reeld::engine
