#include "engine/score/finished_film.hpp"

#include <algorithm>

#include "engine/done_share.hpp"
#include "engine/files.hpp"
#include "engine/score/record.hpp"

namespace reeld::engine {
namespace {

// As the worker that made the track left them.
Result<Scores> sound_scores(const Composition& composition) {
  REELD_ASSIGN(const std::string text, read_text(composition.folder.sound_scores()));
  return scores_from_json(Json::parse(text, nullptr, false));
}

Result<Scores> fidelity(const Composition& composition, JobProgress& progress) {
  const JobTools& tools = composition.tools;
  const Json task = {{"task", "fidelity"},
                     {"data_dir", tools.data_dir.string()},
                     {"plan", composition.folder.plan().string()},
                     {"device", composition.choice.at("device")},
                     {"film", unfinished_film(composition.job.target, composition.job.id).string()},
                     {"threads", tools.executor.threads_per_slot()}};
  const TaskOutcome outcome = progress.meter().run(
      tools.executor, task, [&](const Json& event) { progress.advance(done_share(event)); },
      composition.cancelled);
  REELD_TRY(outcome.result);
  return scores_from_json(*outcome.result);
}

Result<void> keep(const Composition& composition, const std::string& what, const Result<Scores>& scores,
                  JobProgress& progress) {
  if (scores) return record_scores(composition.tools.database, composition.job.id, *scores);
  if (scores.error().code == Code::cancelled) return scores.error();
  return progress.warn(what + " was not measured: " + scores.error().message, scores.error().path);
}

}  // namespace

Result<void> score_finished_film(const Composition& composition, const QualitySpec& quality,
                                 const Scores& frames, JobProgress& progress) {
  if (quality.score) {
    REELD_TRY(record_scores(composition.tools.database, composition.job.id, frames));
  }
  if (quality.score && composition.plan.has_sound()) {
    REELD_TRY(keep(composition, "the quality of the sound", sound_scores(composition), progress));
  }
  if (!quality.fidelity) return {};
  return keep(composition, "the film's fidelity", fidelity(composition, progress), progress);
}

}  // namespace reeld::engine
