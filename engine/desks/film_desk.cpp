#include "engine/desks/film_desk.hpp"

#include "engine/desks/params.hpp"
#include "engine/desks/scene_params.hpp"
#include "engine/project/source.hpp"
#include "engine/records.hpp"
#include "engine/script/job_script.hpp"

namespace reeld::engine {
namespace {

Json options_of(const Json& params) {
  return params.value("options", Json::object());
}

// "/scenes/2/picture/asset" is "/assets/2/picture" to whoever gave the list.
Error error_of_item(Error error) {
  const std::string scenes = "/scenes/", asset = "/asset";
  if (!error.path.starts_with(scenes)) return error;
  error.path.replace(0, scenes.size(), "/assets/");
  if (error.path.ends_with(asset)) error.path.resize(error.path.size() - asset.size());
  return error;
}

// How the project's script was written, where one was.
Result<std::optional<storage::JobScript>> script_of(storage::Database& database,
                                                    const storage::Project& project) {
  if (project.script_status != "written") return std::optional<storage::JobScript>();
  const auto record = database.find_script(project.script_id);
  if (record) return std::optional(job_script(*record));
  if (record.error().code == Code::not_found) return std::optional<storage::JobScript>();
  return record.error();
}

}  // namespace

Handlers FilmDesk::handlers() {
  return {
      {"project_request", [this](const Json& p) { return request(p); }},
      {"project_render", [this](const Json& p) { return render(p); }},
      {"video_from_assets", [this](const Json& p) { return from_assets(p); }},
  };
}

Result<Film> FilmDesk::film_of_project(const Json& params) {
  REELD_ASSIGN(const auto project,
               at_param("project", source_of_project(tools_.database, tools_.providers.registry(),
                                                     params.at("project").get<std::string>())));
  REELD_ASSIGN(Film film, film_of(project.source, options_of(params)));
  REELD_TRY(check_assets(tools_.database, tools_.data_dir, film.request));
  film.warnings.insert(film.warnings.end(), project.warnings.begin(), project.warnings.end());
  return film;
}

Result<Json> FilmDesk::request(const Json& params) {
  REELD_ASSIGN(const Film film, film_of_project(params));
  return Json{{"request", film.request}, {"warnings", film.warnings}};
}

Result<Json> FilmDesk::render(const Json& params) {
  REELD_ASSIGN(Film film, film_of_project(params));
  const auto id = params.at("project").get<std::string>();
  REELD_ASSIGN(const auto project, at_param("project", storage::Projects(tools_.database).find(id)));
  REELD_ASSIGN(auto script, script_of(tools_.database, project));
  return submit(params, std::move(film), id, project.user_id, std::move(script));
}

Result<Json> FilmDesk::from_assets(const Json& params) {
  REELD_TRY(check_user(tools_.database, params));
  const std::string project_id = params.value("project", "");
  std::string user_id = params.value("user", "");
  if (!project_id.empty()) {
    REELD_ASSIGN(const auto project,
                 at_param("project", storage::Projects(tools_.database).find(project_id)));
    if (user_id.empty()) user_id = project.user_id;
  }
  REELD_ASSIGN(FilmSource source, source_of_assets(params.at("assets")));
  source.title = params.value("title", "");
  REELD_ASSIGN(Film film, film_of(source, options_of(params)));
  if (const auto there = check_assets(tools_.database, tools_.data_dir, film.request); !there)
    return error_of_item(there.error());
  return submit(params, std::move(film), project_id, user_id, std::nullopt);
}

Result<Json> FilmDesk::submit(const Json& params, Film film, const std::string& project_id,
                              const std::string& user_id, std::optional<storage::JobScript> script) {
  REELD_TRY(check_absolute(params, "target"));
  REELD_TRY(check_absolute(params, "base_dir"));
  storage::NewJob wanted;
  wanted.request = std::move(film.request);
  wanted.target = params.at("target").get<std::string>();
  wanted.base_dir = params.value("base_dir", "/");
  wanted.idempotency_key = params.value("idempotency_key", "");
  wanted.session_id = params.value("session", "");
  wanted.project_id = project_id;
  wanted.user_id = user_id;
  wanted.script = std::move(script);
  REELD_ASSIGN(const auto created, tools_.jobs.submit(std::move(wanted)));
  return Json{{"job", brief_job(created.job, tools_.jobs.live(created.job.id))},
              {"repeated", created.repeated},
              {"warnings", film.warnings}};
}

}  // namespace reeld::engine
