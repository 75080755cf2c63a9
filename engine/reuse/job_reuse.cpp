#include "engine/reuse/job_reuse.hpp"

#include <spdlog/spdlog.h>

#include "engine/reuse/segment_cache.hpp"
#include "engine/reuse/segment_key.hpp"
#include "storage/reuse.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

Coding coding_of(const Composition& composition) {
  const Json& choice = composition.choice;
  return {choice.at("program"), choice.at("fonts"), choice.at("encoder"),
          composition.tools.executor.threads_per_slot()};
}

// The film's segments in order, and behind them its sound.
std::vector<KeyedFile> keyed_parts(const Composition& composition) {
  const std::vector<SegmentRange> segments = segments_of(composition);
  const auto keys = segment_keys(composition.plan, segments, coding_of(composition));
  std::vector<KeyedFile> files;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    files.push_back(
        {keys[i], composition.folder.segment(segments[i].first, segments[i].count), segments[i].count});
  }
  if (composition.plan.has_sound()) {
    files.push_back(
        {sound_key(composition.plan, composition.choice.at("program")), composition.folder.sound(), 0});
  }
  return files;
}

Result<void> record(const Composition& composition, const std::vector<KeyedFile>& files,
                    const std::vector<bool>& taken) {
  storage::JobReuse reuse;
  reuse.program = composition.choice.at("program");
  reuse.fonts = composition.choice.at("fonts");
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i].frames == 0) {
      reuse.sound = taken[i];
      continue;
    }
    reuse.frame_total += files[i].frames;
    ++reuse.segment_total;
    if (!taken[i]) continue;
    reuse.frames += files[i].frames;
    ++reuse.segments;
  }
  return storage::Reuse(composition.tools.database).set(composition.job.id, reuse);
}

Result<void> empty_folder(const JobFolder& folder) {
  std::error_code error;
  fs::remove_all(folder.segments(), error);
  fs::remove(folder.sound(), error);
  fs::remove(folder.sound_scores(), error);
  fs::create_directories(folder.segments(), error);
  if (!error) return {};
  return Error{Code::target_unwritable, "cannot make " + folder.segments().string() + ": " + error.message()};
}

}  // namespace

Result<void> take_kept_parts(const Composition& composition) {
  REELD_TRY(empty_folder(composition.folder));
  const std::vector<KeyedFile> files = keyed_parts(composition);
  REELD_ASSIGN(const std::vector<bool> taken, composition.tools.segments.take(files));
  return record(composition, files, taken);
}

void keep_parts(const Composition& composition) {
  // A job that was planned by an earlier version does not say which.
  if (!composition.choice.contains("program")) return;
  const auto kept = composition.tools.segments.keep(keyed_parts(composition));
  if (!kept) spdlog::warn("job={} segments not kept: {}", composition.job.id, kept.error().message);
}

Result<bool> give_up_kept_parts(const Composition& composition) {
  storage::Reuse records(composition.tools.database);
  REELD_ASSIGN(const auto reuse, records.find(composition.job.id));
  if (!reuse || (reuse->segments == 0 && !reuse->sound)) return false;
  REELD_TRY(empty_folder(composition.folder));
  const std::vector<KeyedFile> files = keyed_parts(composition);
  REELD_TRY(record(composition, files, std::vector<bool>(files.size(), false)));
  return true;
}

}  // namespace reeld::engine
