#include "engine/desks/project_desk.hpp"

#include "engine/desks/params.hpp"
#include "engine/desks/scene_params.hpp"
#include "engine/project/records.hpp"
#include "engine/project/scripting.hpp"
#include "storage/users.hpp"

namespace reeld::engine {
namespace {

using storage::Project;
using storage::Projects;

// Only what is given.
void take_params(Project& project, const Json& params) {
  const auto take = [&](const char* name, std::string& field) {
    if (params.contains(name)) field = params.at(name).get<std::string>();
  };
  take("title", project.title);
  take("description", project.description);
  take("platform", project.platform);
  take("category", project.category);
  take("tone", project.tone);
  take("target_length", project.target_length);
  take("language", project.language);
  take("status", project.status);
  take("script", project.script);
  take("origin", project.origin);
}

Result<storage::ProjectFilter> filter_of(const Json& params) {
  storage::ProjectFilter filter;
  filter.user_id = params.value("user", "");
  filter.status = params.value("status", "");
  filter.platform = params.value("platform", "");
  filter.category = params.value("category", "");
  filter.language = params.value("language", "");
  REELD_ASSIGN(filter.from_us, time_param(params, "from"));
  REELD_ASSIGN(filter.before_us, time_param(params, "before"));
  return filter;
}

}  // namespace

Handlers ProjectDesk::handlers() {
  return {
      {"project_create", [this](const Json& p) { return create(p); }},
      {"project_show", [this](const Json& p) { return show(p); }},
      {"project_list", [this](const Json& p) { return list(p); }},
      {"project_update", [this](const Json& p) { return update(p); }},
      {"project_delete", [this](const Json& p) { return remove(p); }},
      {"project_script", [this](const Json& p) { return script(p); }},
  };
}

Result<Json> ProjectDesk::create(const Json& params) {
  REELD_TRY(check_user(tools_.database, params));
  REELD_ASSIGN(const auto scenes, scene_drafts(params.value("scenes", Json::array())));
  Project wanted;
  wanted.user_id = params.value("user", "");
  take_params(wanted, params);
  REELD_ASSIGN(const auto project, Projects(tools_.database).create(wanted, scenes));
  REELD_ASSIGN(const Json whole, whole_project(tools_.database, project));
  return Json{{"project", whole}};
}

Result<Json> ProjectDesk::show(const Json& params) {
  REELD_ASSIGN(const auto project,
               at_param("project", Projects(tools_.database).find(params.at("project").get<std::string>())));
  REELD_ASSIGN(const Json whole, whole_project(tools_.database, project));
  return Json{{"project", whole}};
}

Result<Json> ProjectDesk::list(const Json& params) {
  REELD_ASSIGN(const auto filter, filter_of(params));
  Projects projects(tools_.database);
  return answer_page(
      params, "projects", [&](const auto& page) { return projects.list(filter, page); },
      [&] { return projects.count(filter); }, project_json);
}

Result<Json> ProjectDesk::update(const Json& params) {
  const auto changed =
      Projects(tools_.database)
          .change(params.at("project").get<std::string>(), [&](Project& project) -> Result<void> {
            take_params(project, params);
            return {};
          });
  REELD_ASSIGN(const auto project, at_param("project", changed));
  return Json{{"project", project_json(project)}};
}

Result<Json> ProjectDesk::remove(const Json& params) {
  const std::string id = params.at("project").get<std::string>();
  Projects projects(tools_.database);
  REELD_ASSIGN(const auto project, at_param("project", projects.find(id)));
  // Nobody waits for it any more; one that is done meanwhile finds no project, and stays a script.
  if (project.script_status == "writing") static_cast<void>(tools_.scripts.cancel(project.script_id));
  REELD_TRY(at_param("project", projects.remove(id)));
  return Json{{"id", id}};
}

Result<Json> ProjectDesk::script(const Json& params) {
  if (tools_.jobs.draining())
    return Error{Code::shutting_down, "the daemon is shutting down and writes no new script"};
  REELD_TRY(check_user(tools_.database, params));
  ProjectScript wanted;
  wanted.brief = params.at("brief");
  wanted.user_id = params.value("user", "");
  wanted.project_id = params.value("project", "");
  wanted.replace = params.value("replace", false);
  if (params.contains("project")) {
    REELD_TRY(at_param("project", Projects(tools_.database).find(wanted.project_id)));
    if (params.contains("user")) {
      return Error{Code::invalid_request, "a project that is there has its user already: leave user out",
                   "/user"};
    }
  }
  REELD_ASSIGN(const auto project, script_project(tools_.database, tools_.scripts, tools_.sink, wanted));
  REELD_ASSIGN(const Json whole, whole_project(tools_.database, project));
  return Json{{"project", whole}};
}

}  // namespace reeld::engine
