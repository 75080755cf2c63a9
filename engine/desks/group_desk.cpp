#include "engine/desks/group_desk.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <system_error>

#include "engine/asset_store.hpp"
#include "engine/desks/params.hpp"
#include "engine/done_share.hpp"
#include "engine/files.hpp"
#include "engine/job_folder.hpp"
#include "engine/learned/manifest.hpp"
#include "engine/records.hpp"
#include "engine/variations.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using storage::Groups;
using storage::JobStatus;

constexpr std::size_t kMostWaiting = 16;
constexpr int kSheetColumns = 6;

std::string group_of(const Json& params) {
  return params.at("group").get<std::string>();
}

fs::path scratch_of(const DeskTools& tools) {
  return tools.data_dir / "groups";
}

Result<void> check_folder(const std::string& folder, const char* name) {
  std::error_code ignored;
  if (fs::is_directory(folder, ignored)) return {};
  return Error{Code::target_unwritable, "there is no folder " + folder + "; make it first",
               std::string("/") + name};
}

// Whatever the request says of the container, also where it will be refused for it.
std::string container_of(const Json& request) {
  static const std::vector<std::string> kContainers = {"mp4", "mov", "mkv"};
  const auto named = request.is_object() && request.contains("output") && request["output"].is_object()
                         ? request["output"].value("container", Json("mp4"))
                         : Json("mp4");
  const std::string name = named.is_string() ? named.get<std::string>() : "";
  return std::ranges::find(kContainers, name) == kContainers.end() ? "mp4" : name;
}

// Of all that makes a group what it is.
std::string hash_of(Json params) {
  params.erase("idempotency_key");
  return sha256_of_text(params.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Json film_json(const ComparedFilm& film) {
  Json shown = {{"job", film.job.id},
                {"label", film.label},
                {"status", storage::job_status_name(film.job.status)},
                {"target", film.job.target},
                {"error", nullptr}};
  if (film.job.error) shown["error"] = to_json(*film.job.error);
  return shown;
}

Json reason_json(const ComparedFilm& film, const std::string& why) {
  return {{"job", film.job.id}, {"label", film.label}, {"reason", why}};
}

}  // namespace

GroupDesk::GroupDesk(const DeskTools& tools) : tools_(tools), works_(1, kMostWaiting) {
  std::error_code ignored;
  fs::remove_all(scratch_of(tools_), ignored);
}

Handlers GroupDesk::handlers() {
  return {
      {"group_create", [this](const Json& p) { return create(p); }},
      {"group_show", [this](const Json& p) { return show(p); }},
      {"group_list", [this](const Json& p) { return list(p); }},
      {"group_delete", [this](const Json& p) { return remove(p); }},
      {"group_compare", [this](const Json& p) { return compare(p); }},
      {"group_sheet", [this](const Json& p) { return sheet(p); }},
      {"group_side_by_side", [this](const Json& p) { return side_by_side(p); }},
  };
}

Result<Json> GroupDesk::create(const Json& params) {
  REELD_TRY(check_absolute(params, "target_dir"));
  REELD_TRY(check_absolute(params, "base_dir"));
  const std::string folder = params.at("target_dir").get<std::string>();
  REELD_TRY(check_folder(folder, "target_dir"));
  storage::Group group;
  group.user_id = params.value("user", "");
  group.comparison_type = params.at("comparison_type").get<std::string>();
  group.request = params.at("request");
  group.idempotency_key = params.value("idempotency_key", "");
  group.request_hash = hash_of(params);
  REELD_ASSIGN(auto variations, vary(group.comparison_type, group.request, params.at("variations")));
  std::vector<storage::NewGroupFilm> films;
  for (Variation& variation : variations) {
    storage::NewGroupFilm film{{}, variation.label, std::move(variation.sent)};
    storage::NewJob& job = film.job;
    job.target = (fs::path(folder) / (variation.stem + "." + container_of(variation.request))).string();
    job.base_dir = params.value("base_dir", "/");
    job.user_id = group.user_id;
    job.session_id = params.value("session", "");
    job.request = std::move(variation.request);
    films.push_back(std::move(film));
  }
  REELD_ASSIGN(const auto made, tools_.jobs.submit_group(group, std::move(films)));
  REELD_ASSIGN(Json answer, whole(made.group));
  answer["repeated"] = made.repeated;
  return answer;
}

Result<Json> GroupDesk::show(const Json& params) {
  REELD_ASSIGN(const auto group, Groups(tools_.database).find(group_of(params)));
  return whole(group);
}

Result<Json> GroupDesk::list(const Json& params) {
  storage::GroupFilter filter;
  filter.user_id = params.value("user", "");
  filter.comparison_type = params.value("comparison_type", "");
  REELD_ASSIGN(filter.from_us, time_param(params, "from"));
  REELD_ASSIGN(filter.before_us, time_param(params, "before"));
  Groups groups(tools_.database);
  Result<void> counted;
  auto answer = answer_page(
      params, "groups", [&](const auto& page) { return groups.list(filter, page); },
      [&] { return groups.count(filter); },
      [&](const storage::Group& group) {
        auto row = brief_group(group);
        if (row) return *row;
        counted = row.error();
        return Json();
      });
  REELD_TRY(counted);
  return answer;
}

Result<Json> GroupDesk::remove(const Json& params) {
  REELD_TRY(Groups(tools_.database).remove(group_of(params)));
  return Json{{"group", group_of(params)}};
}

Result<Json> GroupDesk::brief_group(const storage::Group& group) {
  REELD_ASSIGN(const auto counts, Groups(tools_.database).film_counts(group.id));
  std::int64_t films = 0, done = 0;
  for (const auto& [status, count] : counts) {
    films += count;
    if (storage::is_final(status)) done += count;
  }
  const auto completed = counts.find(JobStatus::completed);
  return Json{{"id", group.id},
              {"user", group.user_id},
              {"comparison_type", group.comparison_type},
              {"created_at", time_text(group.created_us)},
              {"films", films},
              {"done", done},
              {"completed", completed == counts.end() ? 0 : completed->second}};
}

Json GroupDesk::brief_film(const ComparedFilm& film) const {
  Json brief = brief_job(film.job, tools_.jobs.live(film.job.id));
  brief["label"] = film.label;
  brief["variation"] = film.variation;
  return brief;
}

Result<Json> GroupDesk::whole(const storage::Group& group) {
  REELD_ASSIGN(Json brief, brief_group(group));
  brief["request"] = group.request;
  REELD_ASSIGN(const auto films, films_of_group(tools_.database, group.id));
  Json shown = Json::array();
  bool any = false;
  for (const ComparedFilm& film : films) {
    shown.push_back(brief_film(film));
    any = any || film.job.status == JobStatus::completed;
  }
  return Json{{"group", brief},
              {"films", shown},
              {"comparison", any ? comparison_of(films, own_metrics(tools_.models_dir)) : Json()}};
}

Result<Json> GroupDesk::compare(const Json& params) {
  const std::string id = group_of(params);
  REELD_TRY(Groups(tools_.database).find(id));
  REELD_ASSIGN(auto films, films_of_group(tools_.database, id));
  Json not_measured = Json::array();
  std::string missing;  // the jobs that are to be measured: another work than one of others
  for (std::size_t i = 1; i < films.size(); ++i) {
    if (has_likeness(films[i])) continue;
    if (const auto why = why_not_alike(films[i], films.front())) {
      not_measured.push_back(reason_json(films[i], *why));
    } else {
      missing += " " + films[i].job.id;
    }
  }
  AskedWork::State state{Json::array(), 1};
  if (!missing.empty()) {
    REELD_ASSIGN(state,
                 works_.ask(
                     "compare " + id + missing,
                     [this, films](const auto& stop, auto& done) { return measure(films, stop, done); },
                     told("comparison", id, "")));
    if (state.result) {
      for (const Json& failed : *state.result) not_measured.push_back(failed);
      REELD_ASSIGN(films, films_of_group(tools_.database, id));
    }
  }
  Json shown = Json::array();
  for (const ComparedFilm& film : films) shown.push_back(film_json(film));
  return Json{{"group", id},
              {"status", state.result ? "done" : "running"},
              {"progress", 100 * state.done},
              {"films", shown},
              {"metrics", comparison_of(films, own_metrics(tools_.models_dir))},
              {"not_measured", not_measured}};
}

// Gives those that could not be measured; only what keeps all of them from it is an error.
Result<Json> GroupDesk::measure(const std::vector<ComparedFilm>& films, const std::atomic<bool>& stop,
                                std::atomic<double>& done) {
  Json failed = Json::array();
  for (std::size_t i = 1; i < films.size(); ++i) {
    const ComparedFilm &film = films[i], &first = films.front();
    const auto part = [&](double fraction) {
      done = (static_cast<double>(i - 1) + fraction) / static_cast<double>(films.size() - 1);
    };
    if (has_likeness(film) || why_not_alike(film, first)) continue;
    const TaskOutcome measured = tools_.executor.run(
        {{"task", "likeness"},
         {"film", film.video->file},
         {"reference", first.video->file},
         {"frame_count", film.video->facts.at("frame_count")},
         {"threads", tools_.executor.threads_per_slot()}},
        [&](const Json& event) { part(done_share(event)); }, stop);
    if (stop) return Error{Code::cancelled, "stopped with the daemon"};
    if (!measured.result) {
      failed.push_back(reason_json(film, measured.result.error().message));
      continue;
    }
    const auto score = [&](const char* name, const char* figure) {
      storage::Metric metric;
      metric.job_id = film.job.id;
      metric.name = name;
      metric.value = measured.result->at(figure).get<double>();
      metric.model = kLikenessModel;
      return metric;
    };
    REELD_TRY(
        storage::Metrics(tools_.database).record({score(kSsimToFirst, "ssim"), score(kPsnrToFirst, "psnr")}));
    part(1);
  }
  return failed;
}

Result<GroupDesk::Shown> GroupDesk::shown(const Json& params, const std::vector<std::string>& endings) {
  REELD_TRY(check_absolute(params, "target"));
  Shown shown{group_of(params), params.at("target").get<std::string>(), {}};
  const fs::path target = shown.target;
  if (std::ranges::find(endings, target.extension().string()) == endings.end()) {
    std::string known;
    for (const std::string& ending : endings) known += (known.empty() ? "" : " or ") + ending;
    return Error{Code::invalid_request, "target is \"" + shown.target + "\": its name must end in " + known,
                 "/target"};
  }
  REELD_TRY(Groups(tools_.database).find(shown.group));
  REELD_TRY(check_folder(target.parent_path(), "target"));
  REELD_ASSIGN(auto films, films_of_group(tools_.database, shown.group));
  for (ComparedFilm& film : films) {
    const auto status = std::string(storage::job_status_name(film.job.status));
    if (!storage::is_final(film.job.status)) {
      return Error{Code::invalid_state, "the film \"" + film.label + "\" is not completed yet: it is " +
                                            status + "; ask again when all films are at their end"};
    }
    if (film.video) {
      shown.films.push_back(std::move(film));
    } else {
      shown.left_out.push_back(reason_json(film, "the film is " + status));
    }
  }
  if (shown.films.empty()) {
    return Error{Code::invalid_state, "the group has no completed film; retry one of its jobs"};
  }
  return shown;
}

AskedWork::Ended GroupDesk::told(const std::string& what, const std::string& group,
                                 const std::string& target) const {
  return [this, what, group, target](const Result<Json>& end) {
    if (end) {
      spdlog::info("group={} {} done target={}", group, what, target);
    } else {
      spdlog::error("group={} {} failed code={} {}", group, what, code_name(end.error().code),
                    end.error().message);
    }
    storage::Event event;
    event.job_id = group;
    event.time_us = storage::now_us();
    event.type = "group";
    event.body = {{"what", what},
                  {"target", target.empty() ? Json() : Json(target)},
                  {"status", end ? "done" : "failed"},
                  {"error", end ? Json() : to_json(end.error())}};
    tools_.sink(event);
  };
}

Result<Json> GroupDesk::make(const std::string& what, const Shown& shown, Json task, Json unfinished,
                             Finish finish) {
  const fs::path target = shown.target, part = unfinished_film(target, shown.group);
  const fs::path scratch = scratch_of(tools_) / shown.group;
  task["out"] = part.string();
  task["scratch"] = scratch.string();
  const auto work = [this, target, part, scratch, task, finish](const std::atomic<bool>& stop,
                                                                std::atomic<double>& done) -> Result<Json> {
    std::error_code ignored;
    fs::create_directories(scratch, ignored);
    const TaskOutcome made = tools_.executor.run(
        task, [&](const Json& event) { done = done_share(event); }, stop);
    const auto size = static_cast<std::int64_t>(fs::file_size(part, ignored));
    auto published = made.result ? publish_file(part, target) : Result<void>(made.result.error());
    fs::remove(part, ignored);
    fs::remove_all(scratch, ignored);
    if (!published) return published.error();
    return finish(*made.result, size);
  };
  REELD_ASSIGN(const auto state, works_.ask(what + " " + shown.group + " " + shown.target, work,
                                            told(what, shown.group, shown.target)));
  Json answer = {{"group", shown.group},
                 {"target", shown.target},
                 {"status", state.result ? "done" : "running"},
                 {"progress", 100 * std::min(1.0, state.done)},
                 {"left_out", shown.left_out}};
  answer.update(state.result ? *state.result : unfinished);
  return answer;
}

Result<Json> GroupDesk::sheet(const Json& params) {
  REELD_ASSIGN(const Shown films, shown(params, {".png", ".jpg"}));
  Json task = {{"task", "contact_sheet"},
               {"films", Json::array()},
               {"columns", params.value("columns", kSheetColumns)},
               {"as", fs::path(films.target).extension().string()}};
  for (const ComparedFilm& film : films.films) {
    const Json& facts = film.video->facts;
    task["films"].push_back({{"file", film.video->file},
                             {"label", film.label},
                             {"width", facts.at("width")},
                             {"height", facts.at("height")},
                             {"duration_seconds", facts.at("duration_seconds")}});
  }
  return make(
      "sheet", films, std::move(task), {{"width", nullptr}, {"height", nullptr}, {"size_bytes", nullptr}},
      [](const Json& made, std::int64_t size_bytes) {
        return Json{{"width", made.at("width")}, {"height", made.at("height")}, {"size_bytes", size_bytes}};
      });
}

Result<Json> GroupDesk::side_by_side(const Json& params) {
  REELD_ASSIGN(const Shown films, shown(params, {".mp4"}));
  Json task = {{"task", "side_by_side"},
               {"films", Json::array()},
               {"title", films.films.front().job.title},
               {"encoder_order", tools_.encoder_order},
               {"threads", tools_.executor.threads_per_slot()}};
  for (const ComparedFilm& film : films.films) {
    task["films"].push_back({{"file", film.video->file}, {"label", film.label}});
  }
  return make("side_by_side", films, std::move(task),
              {{"columns", nullptr}, {"rows", nullptr}, {"encoder", nullptr}, {"video", nullptr}},
              [](const Json& made, std::int64_t) { return made; });
}

}  // namespace reeld::engine
