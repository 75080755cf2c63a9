#include "engine/desks/scene_desk.hpp"

#include "engine/desks/scene_params.hpp"
#include "engine/project/records.hpp"

namespace reeld::engine {

using storage::Projects;

Handlers SceneDesk::handlers() {
  return {
      {"scene_add", [this](const Json& p) { return add(p); }},
      {"scene_update", [this](const Json& p) { return update(p); }},
      {"scene_delete", [this](const Json& p) { return remove(p); }},
      {"scenes_reorder", [this](const Json& p) { return reorder(p); }},
  };
}

Result<Json> SceneDesk::add(const Json& params) {
  storage::SceneDraft draft;
  REELD_TRY(take_scene(draft, params));
  const auto added =
      Projects(tools_.database)
          .add_scene(params.at("project").get<std::string>(), draft, params.value("position", 0));
  REELD_ASSIGN(const auto scene, at_param("project", added));
  return Json{{"scene", scene_json(scene)}};
}

Result<Json> SceneDesk::update(const Json& params) {
  const auto changed = Projects(tools_.database)
                           .change_scene(params.at("scene").get<std::string>(),
                                         [&](storage::Scene& scene) { return take_scene(scene, params); });
  REELD_ASSIGN(const auto scene, at_param("scene", changed));
  return Json{{"scene", scene_json(scene)}};
}

Result<Json> SceneDesk::remove(const Json& params) {
  const auto id = params.at("scene").get<std::string>();
  REELD_TRY(at_param("scene", Projects(tools_.database).remove_scene(id)));
  return Json{{"id", id}};
}

Result<Json> SceneDesk::reorder(const Json& params) {
  std::vector<std::string> ids;
  for (const Json& id : params.at("scenes")) {
    if (!id.is_string()) {
      return Error{Code::invalid_request, "scenes is a list of the project's scenes, each by its id",
                   "/scenes/" + std::to_string(ids.size())};
    }
    ids.push_back(id.get<std::string>());
  }
  const auto reordered = Projects(tools_.database).reorder(params.at("project").get<std::string>(), ids);
  REELD_ASSIGN(const auto scenes, at_param("project", reordered));
  Json rows = Json::array();
  for (const storage::Scene& scene : scenes) rows.push_back(scene_json(scene));
  return Json{{"scenes", rows}};
}

}  // namespace reeld::engine
