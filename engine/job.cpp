#include "engine/job.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <future>

#include "engine/compose.hpp"
#include "engine/files.hpp"
#include "engine/job_folder.hpp"
#include "engine/job_preparation.hpp"
#include "engine/job_resources.hpp"
#include "engine/plan_file.hpp"
#include "engine/resource_sampler.hpp"
#include "engine/reuse/job_reuse.hpp"
#include "engine/score/film_gate.hpp"
#include "engine/score/finished_film.hpp"
#include "engine/score/picture_gate.hpp"
#include "engine/score/shown_pictures.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using storage::JobStatus;

Result<void> make_folders(const JobFolder& folder) {
  for (const fs::path& path : {folder.scratch(), folder.pictures(), folder.segments()}) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error)
      return file_error(error.value(), "cannot make the job's folder " + path.string(),
                        Code::target_unwritable);
  }
  return {};
}

// Found out before any work: by making the very file that the film is written to.
Result<void> check_target(const storage::Job& job) {
  const fs::path target = job.target;
  std::error_code ignored;
  if (fs::is_directory(target, ignored)) {
    return Error{Code::target_unwritable, "the target " + job.target + " is a folder, not a file", "/target"};
  }
  const fs::path film = unfinished_film(target, job.id);
  errno = 0;
  if (std::ofstream(film).is_open()) {
    fs::remove(film, ignored);
    return {};
  }
  Error error = file_error(errno, "cannot make " + film.string(), Code::target_unwritable);
  error.message = "the film cannot be written to " + job.target + ": " + error.message;
  error.path = "/target";
  return error;
}

Result<DiskSpace::Reservation> reserve_disk(const JobTools& tools, const storage::Job& job,
                                            const Request& request) {
  return tools.disk.reserve(disk_need(request), tools.data_dir, fs::path(job.target).parent_path());
}

Result<Json> read_json(const fs::path& file) {
  REELD_ASSIGN(const std::string text, read_text(file));
  return Json::parse(text, nullptr, false);
}

// A film beside its target, whole but without its name yet.
struct MadeFilm {
  Plan plan;
  Json facts;  // as probed
  double frames_per_second = 0;
  fs::path poster;  // where it is kept
  std::int64_t poster_bytes = 0;
};

// The film under its name, then its rows: a film without rows can be made again, rows without a film would be
// a lie.
Result<void> publish(const JobTools& tools, const storage::Job& job, const MadeFilm& film) {
  REELD_TRY(publish_file(unfinished_film(job.target, job.id), job.target));
  storage::Video video;
  video.job_id = job.id;
  video.file = job.target;
  video.poster = film.poster.string();
  video.poster_bytes = film.poster_bytes;
  video.title = film.plan.title;
  video.facts = film.facts;
  return tools.database.add_video(video);
}

fs::path poster_of(const fs::path& data_dir, const std::string& job_id) {
  return data_dir / "posters" / (job_id + ".jpg");
}

Result<void> keep_poster(const fs::path& made, MadeFilm& film) {
  std::error_code error;
  fs::create_directories(film.poster.parent_path(), error);
  if (error) {
    return file_error(error.value(), "cannot make " + film.poster.parent_path().string(),
                      Code::target_unwritable);
  }
  film.poster_bytes = static_cast<std::int64_t>(fs::file_size(made, error));
  if (error) return file_error(error.value(), "cannot look at " + made.string(), Code::internal);
  return publish_file(made, film.poster);
}

// `pictures` may be none.
Result<void> compose_once(const Composition& composition, const QualitySpec& quality, ShownPictures* pictures,
                          JobProgress& progress, MadeFilm& film) {
  REELD_ASSIGN(const Rendered rendered,
               progress.stage("rendering", [&] { return render_parts(composition, progress); }));
  film.frames_per_second = rendered.frames_per_second;
  if (pictures != nullptr) pictures->go_on();
  keep_parts(composition);
  return progress.stage("encoding", [&]() -> Result<void> {
    REELD_ASSIGN(Joined joined, join_parts(composition, progress));
    REELD_TRY(keep_poster(composition.folder.poster(), film));
    film.facts = std::move(joined.facts);
    return score_finished_film(composition, quality, joined.scores, progress);
  });
}

// Segments that were kept come from other runs of an encoder: where they do not fit together after all (a
// driver changed), the whole film is rendered.
Result<void> compose(const Composition& composition, const QualitySpec& quality, ShownPictures* pictures,
                     JobProgress& progress, MadeFilm& film) {
  const auto composed = compose_once(composition, quality, pictures, progress, film);
  if (composed || composed.error().code != Code::internal) return composed;
  REELD_ASSIGN(const bool again, give_up_kept_parts(composition));
  if (!again) return composed;
  spdlog::warn("job={} all is rendered anew: {}", composition.job.id, composed.error().message);
  return compose_once(composition, quality, pictures, progress, film);
}

// The pictures' scores beside the frames. A film is no worse for want of them.
Result<void> compose_and_score(const Composition& composition, const Request& request, JobProgress& progress,
                               MadeFilm& film) {
  const QualitySpec& quality = request.quality;
  if (!quality.score) return compose(composition, quality, nullptr, progress, film);
  ShownPictures pictures(composition, request, progress);
  REELD_TRY(compose(composition, quality, &pictures, progress, film));
  const auto scored = pictures.wait();
  if (!scored && !composition.cancelled) {
    REELD_TRY(progress.warn("the pictures have no scores: " + scored.error().message, scored.error().path));
  }
  return check_film(composition.tools.database, composition.job.id, quality.film, progress);
}

Result<MadeFilm> make_film(const JobTools& tools, const storage::Job& job, const JobFolder& folder,
                           JobProgress& progress, const std::atomic<bool>& cancelled) {
  if (job.status == JobStatus::pending) {
    REELD_TRY(tools.database.set_status(job.id, JobStatus::media_generation));
    progress.tell("status", {{"status", "media_generation"}});
  }
  REELD_TRY(make_folders(folder));
  REELD_TRY(check_target(job));
  REELD_ASSIGN(const Request request, parse_request(job.request));
  REELD_ASSIGN(const auto reserved, reserve_disk(tools, job, request));
  PictureAhead ahead(tools.executor, progress.meter(), cancelled);
  if (!fs::exists(folder.plan())) {
    REELD_TRY(prepare_job(tools, job, request, folder, progress, ahead, cancelled));
  }

  MadeFilm film;
  REELD_ASSIGN(film.plan, read_plan(folder.plan()));
  REELD_ASSIGN(const Json choice, read_json(folder.choice()));
  if (job.status != JobStatus::video_composition) {
    REELD_TRY(tools.database.set_status(job.id, JobStatus::video_composition));
    progress.tell("status", {{"status", "video_composition"}});
  }
  const Composition composition{tools, job, folder, film.plan, choice, cancelled};
  film.poster = poster_of(tools.data_dir, job.id);
  REELD_TRY(compose_and_score(composition, request, progress, film));
  return film;
}

WholeFilm whole_film(const MadeFilm& film) {
  return {film.plan.frame_count, film.frames_per_second,
          film.facts.value("size_bytes", std::int64_t{0}) + film.poster_bytes};
}

}  // namespace

Result<void> run_job(const JobTools& tools, const storage::Job& job, JobProgress& progress,
                     const std::atomic<bool>& cancelled) {
  const std::int64_t began_us = storage::now_us();
  const JobFolder folder(tools.data_dir, job.id);
  const Result<MadeFilm> film = [&] {
    const ResourceSampler sampler(tools.database, tools.gpus, progress, job.id);
    return make_film(tools, job, folder, progress, cancelled);
  }();
  const auto whole = film ? std::optional(whole_film(*film)) : std::nullopt;
  const auto recorded = record_resources(tools.database, job.id, folder, began_us, whole);
  if (!film) {
    if (!recorded) spdlog::error("job={} resources not recorded: {}", job.id, recorded.error().message);
    return film.error();
  }
  REELD_TRY(recorded);
  if (cancelled) return Error{Code::cancelled, "cancelled before the film got its name"};
  REELD_TRY(publish(tools, job, *film));
  REELD_TRY(tools.database.set_status(job.id, JobStatus::completed));
  std::error_code ignored;
  fs::remove_all(folder.root, ignored);
  return {};
}

void remove_job_files(const fs::path& data_dir, const storage::Job& job) {
  std::error_code ignored;
  fs::remove_all(JobFolder(data_dir, job.id).root, ignored);
  fs::remove(unfinished_film(job.target, job.id), ignored);
  fs::remove(poster_of(data_dir, job.id), ignored);
}

}  // namespace reeld::engine
