#include "engine/score/fidelity_tasks.hpp"

#include "engine/device_choice.hpp"
#include "engine/plan_file.hpp"
#include "engine/score/fidelity.hpp"
#include "engine/score/quality_search.hpp"

namespace reeld::engine {

Result<Json> fidelity_task(const Json& task, const TaskProgress& progress) {
  REELD_ASSIGN(const Plan plan, read_plan(task.at("plan").get<std::string>()));
  REELD_ASSIGN(const auto device, device_named(task.at("device").get<std::string>()));
  const FidelityWish wish{task.at("film").get<std::string>(), task.at("data_dir").get<std::string>(),
                          task.at("threads").get<int>()};
  REELD_ASSIGN(const Scores scores, measure_fidelity(plan, wish, *device, [&](std::int64_t frames) {
                 progress(static_cast<double>(frames), static_cast<double>(plan.frame_count));
               }));
  return to_json(scores);
}

Result<Json> quality_search_task(const Json& task, const TaskProgress& progress) {
  REELD_ASSIGN(const Plan plan, read_plan(task.at("plan").get<std::string>()));
  REELD_ASSIGN(const auto device, device_named(task.at("device").get<std::string>()));
  const Json& target = task.at("target");
  const QualityWish wish{{target.at("metric").get<std::string>(), target.at("at_least").get<double>()},
                         task.at("data_dir").get<std::string>(),
                         task.at("scratch").get<std::string>(),
                         task.at("encoder").get<std::string>(),
                         task.at("threads").get<int>()};
  REELD_ASSIGN(const FoundQuality found,
               search_quality(plan, wish, *device, [&](double done) { progress(done, 1); }));
  return to_json(found);
}

}  // namespace reeld::engine
