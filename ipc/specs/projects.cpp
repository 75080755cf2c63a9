#include "ipc/specs/specs.hpp"

namespace reeld::ipc {
namespace {

constexpr std::int64_t kMaxTitleBytes = 800;  // 200 characters
constexpr std::int64_t kMaxWordBytes = 400;   // of what is filtered by
constexpr std::int64_t kMaxWordsBytes = 400'000;
constexpr std::int64_t kMaxScenes = 5000;
constexpr std::int64_t kMaxSeconds = 86'400;

// What a project is, beside its scenes.
std::vector<ParamSpec> with_project(std::vector<ParamSpec> params) {
  for (const char* name : {"platform", "category", "tone", "target_length", "language"})
    params.push_back({name, ParamType::text, false, 0, kMaxWordBytes});
  params.push_back({"description", ParamType::text, false, 0, kMaxWordsBytes});
  params.push_back({"script", ParamType::text, false, 0, kMaxWordsBytes});
  params.push_back({"origin", ParamType::text, false, 0, 0, {"uploaded", "generated"}});
  params.push_back({"status", ParamType::text, false, 0, 0, {"draft", "in-progress", "completed"}});
  return params;
}

std::vector<ParamSpec> with_scene(std::vector<ParamSpec> params) {
  for (const char* name : {"text", "notes", "picture_prompt"})
    params.push_back({name, ParamType::text, false, 0, kMaxWordsBytes});
  for (const char* name : {"mood", "role"})
    params.push_back({name, ParamType::text, false, 0, kMaxWordBytes});
  params.push_back({"duration", ParamType::number, false, 0, kMaxSeconds});
  return params;
}

std::vector<ParamSpec> with_film(std::vector<ParamSpec> params) {
  params.push_back({"options", ParamType::map});
  params.push_back({"target", ParamType::text, true});
  params.push_back({"base_dir", ParamType::text});
  params.push_back({"idempotency_key", ParamType::text, false, 1, 200});
  params.push_back({"session", ParamType::text, false, 1, 128});
  return params;
}

}  // namespace

std::vector<MethodSpec> project_specs() {
  const ParamSpec project{"project", ParamType::text, true}, scene{"scene", ParamType::text, true};
  return {
      {"project_create", with_project({{"title", ParamType::text, true, 1, kMaxTitleBytes},
                                       {"user", ParamType::text},
                                       {"scenes", ParamType::list, false, 0, kMaxScenes}})},
      {"project_show", {project}},
      {"project_list",
       with_page({{"user", ParamType::text},
                  {"status", ParamType::text, false, 0, 0, {"draft", "in-progress", "completed"}},
                  {"platform", ParamType::text},
                  {"category", ParamType::text},
                  {"language", ParamType::text},
                  {"from", ParamType::text},
                  {"before", ParamType::text}})},
      {"project_update", with_project({project, {"title", ParamType::text, false, 1, kMaxTitleBytes}})},
      {"project_delete", {project}},
      {"project_script",
       {{"brief", ParamType::map, true},
        {"project", ParamType::text},
        {"replace", ParamType::flag},
        {"user", ParamType::text}}},
      {"project_request", {project, {"options", ParamType::map}}},
      {"project_render", with_film({project})},
      {"video_from_assets", with_film({{"assets", ParamType::list, true, 1, kMaxScenes},
                                       {"title", ParamType::text, false, 0, kMaxTitleBytes},
                                       {"project", ParamType::text},
                                       {"user", ParamType::text}})},
      {"scene_add", with_scene({project, {"position", ParamType::integer, false, 1, kMaxScenes}})},
      {"scene_update", with_scene({scene})},
      {"scene_delete", {scene}},
      {"scenes_reorder", {project, {"scenes", ParamType::list, true, 0, kMaxScenes}}},
  };
}

}  // namespace reeld::ipc
