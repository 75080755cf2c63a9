#include "engine/score/report_maker.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/done_share.hpp"
#include "engine/files.hpp"
#include "engine/job_folder.hpp"
#include "engine/obtain.hpp"
#include "engine/records.hpp"
#include "engine/score/report.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

constexpr int kLongerSide = 360;          // pixels of frames and pictures
constexpr std::size_t kMostScenes = 200;  // whose pictures are shown; their scores are all there

std::string join_words(std::initializer_list<std::string> parts, const char* between) {
  std::string joined;
  for (const std::string& part : parts) {
    if (!part.empty()) joined += (joined.empty() ? "" : between) + part;
  }
  return joined;
}

// "2026-11-21 08:00:00 UTC"
std::string moment_text(std::int64_t time_us) {
  const std::string text = time_text(time_us);
  return text.substr(0, 10) + " " + text.substr(11, 8) + " UTC";
}

double fact(const storage::Video& video, const char* name) {
  const auto it = video.facts.find(name);
  return it != video.facts.end() && it->is_number() ? it->get<double>() : 0;
}

std::vector<std::pair<std::string, std::string>> facts_of(const JobMetrics& metrics) {
  std::vector<std::pair<std::string, std::string>> facts;
  const storage::Job& job = metrics.job;
  facts.emplace_back("Status", std::string(storage::job_status_name(job.status)));
  facts.emplace_back("Film", job.target);
  if (metrics.video) {
    const storage::Video& video = *metrics.video;
    facts.emplace_back("Size", fmt::format("{:.0f} x {:.0f}", fact(video, "width"), fact(video, "height")));
    facts.emplace_back("Length", fmt::format("{:.2f} s, {:.0f} frames", fact(video, "duration_seconds"),
                                             fact(video, "frame_count")));
    facts.emplace_back("File", fmt::format("{:.2f} MB", fact(video, "size_bytes") / 1e6));
  }
  facts.emplace_back("Made", moment_text(job.created_us));
  facts.emplace_back("Cost", fmt::format("${:.3f}", job.cost_usd));
  return facts;
}

// What is known of a scene's picture in words: its prompt, else where it comes from.
std::string words_of(const Json& request, std::size_t scene) {
  const Json picture = request.at("scenes").at(scene).value("picture", Json::object());
  for (const char* name : {"prompt", "file", "url", "folder", "asset"}) {
    if (picture.contains(name) && picture[name].is_string()) return picture[name].get<std::string>();
  }
  return "";
}

class Making {
 public:
  Making(storage::Database& database, const JobMetrics& metrics, const ReportWish& wish)
      : database_(database), metrics_(metrics), wish_(wish) {}

  Result<Json> run(Executor& executor, const std::atomic<bool>& stop, std::atomic<double>& done) {
    gather();
    REELD_TRY(find_pictures());
    REELD_TRY(cut_out(executor, stop, done));
    const std::string page = report_html(report_);
    const fs::path part = unfinished_film(wish_.target, metrics_.job.id);
    auto written = write_text(part, page);
    if (written) written = publish_file(part, wish_.target);
    std::error_code ignored;
    fs::remove(part, ignored);
    if (!written) return written.error();
    return Json{{"size_bytes", page.size()}, {"frames", frames_}, {"scenes", pictures_}};
  }

 private:
  void gather() {
    const storage::Job& job = metrics_.job;
    report_.title = job.title;
    report_.job = job.id;
    report_.made_at = moment_text(storage::now_us());
    report_.facts = facts_of(metrics_);
    report_.tries = metrics_.tries;
    report_.own = metrics_.own;
    for (const storage::Metric& score : metrics_.scores) {
      report_.scores.push_back({score.scene, score.name, score.value, score.model});
    }
    for (const storage::MetricSeries& one : metrics_.series) {
      report_.series.push_back({one.name, one.first_frame, one.frames_each, one.figures});
    }
    for (const Json& warning : job.warnings) {
      report_.notes.push_back(join_words({warning.value("path", ""), warning.value("message", "")}, ": "));
    }
    for (std::size_t i = 0; i < job.request.at("scenes").size(); ++i) {
      report_.scenes.push_back({words_of(job.request, i), ""});
    }
    gather_film();
  }

  void gather_film() {
    if (!metrics_.video) {
      report_.notes.emplace_back("There is no film, and so no frame of it: the job is " +
                                 std::string(storage::job_status_name(metrics_.job.status)) + ".");
      return;
    }
    const storage::Video& video = *metrics_.video;
    if (const auto poster = read_text(video.poster)) report_.poster_jpeg = *poster;
    const double seconds = fact(video, "duration_seconds"), count = fact(video, "frame_count");
    if (seconds > 0 && count > 0) report_.frames_per_second = count / seconds;
    const auto second = static_cast<std::int64_t>(report_.frames_per_second);
    for (WorstFrame& worst : worst_frames(report_.series, std::max<std::int64_t>(1, second))) {
      report_.frames.push_back({std::move(worst), ""});
    }
    std::error_code error;
    if (video.removed_us || !fs::is_regular_file(video.file, error)) {
      report_.notes.push_back("The film is not there any more, and so no frame of it: " + video.file +
                              (video.removed_us ? " was removed." : " is gone."));
    } else {
      film_ = video.file;
    }
  }

  Result<void> find_pictures() {
    REELD_ASSIGN(const auto linked, database_.job_assets(metrics_.job.id));
    for (const auto& used : linked) {
      const bool shown = used.role == "picture" && used.scene >= 0 &&
                         static_cast<std::size_t>(used.scene) < std::min(report_.scenes.size(), kMostScenes);
      if (!shown || used.asset.removed_us || !file_is_there(wish_.data_dir, used.asset)) continue;
      scenes_.push_back(static_cast<std::size_t>(used.scene));
      files_.push_back((wish_.data_dir / used.asset.file).string());
    }
    return {};
  }

  Result<void> cut_out(Executor& executor, const std::atomic<bool>& stop, std::atomic<double>& done) {
    std::error_code error;
    fs::create_directories(wish_.scratch, error);
    if (error)
      return file_error(error.value(), "cannot make " + wish_.scratch.string(), Code::target_unwritable);
    Json task = {{"task", "report_pictures"},
                 {"film", film_},
                 {"width", metrics_.video ? fact(*metrics_.video, "width") : 0},
                 {"height", metrics_.video ? fact(*metrics_.video, "height") : 0},
                 {"frames", Json::array()},
                 {"pictures", files_},
                 {"longer_side", kLongerSide},
                 {"out", wish_.scratch.string()}};
    // The middle of the time in which it is shown.
    for (const ReportFrame& frame : report_.frames) {
      task["frames"].push_back((static_cast<double>(frame.worst.frame) + 0.5) / report_.frames_per_second);
    }
    const TaskOutcome outcome = executor.run(
        task, [&](const Json& event) { done = done_share(event); }, stop);
    if (outcome.result) take(*outcome.result);
    fs::remove_all(wish_.scratch, error);
    if (stop) return Error{Code::cancelled, "stopped with the daemon"};
    if (!outcome.result) {
      report_.notes.push_back("Its pictures could not be cut out: " + outcome.result.error().message);
    }
    return {};
  }

  void take(const Json& made) {
    const auto bytes = [&](const char* kind, std::size_t number) {
      const auto read = read_text(wish_.scratch / fmt::format("{}-{}.jpg", kind, number));
      return read ? *read : std::string();
    };
    for (const auto number : made.at("frames").get<std::vector<std::size_t>>()) {
      report_.frames.at(number).jpeg = bytes("frame", number);
      ++frames_;
    }
    for (const auto number : made.at("pictures").get<std::vector<std::size_t>>()) {
      report_.scenes.at(scenes_.at(number)).jpeg = bytes("picture", number);
      ++pictures_;
    }
  }

  storage::Database& database_;
  const JobMetrics& metrics_;
  const ReportWish& wish_;
  Report report_;
  std::string film_;                 // empty: there is none
  std::vector<std::size_t> scenes_;  // of files_
  std::vector<std::string> files_;
  int frames_ = 0, pictures_ = 0;
};

}  // namespace

Result<Json> make_report(storage::Database& database, Executor& executor, const JobMetrics& metrics,
                         const ReportWish& wish, const std::atomic<bool>& stop, std::atomic<double>& done) {
  return Making(database, metrics, wish).run(executor, stop, done);
}

}  // namespace reeld::engine
