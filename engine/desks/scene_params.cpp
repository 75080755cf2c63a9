#include "engine/desks/scene_params.hpp"

#include <cmath>

#include "base/nearest.hpp"
#include "engine/request_schema_check.hpp"
#include "engine/schema_explain.hpp"
#include "engine/script/style.hpp"
#include "storage/users.hpp"

namespace reeld::engine {
namespace {

constexpr const char* kSchema = R"({
  "anyOf": [
    {"type": "string", "maxLength": 100000},
    {"type": "object", "additionalProperties": false,
     "properties": {
       "text": {"type": "string", "maxLength": 100000},
       "notes": {"type": "string", "maxLength": 100000},
       "picture_prompt": {"type": "string", "maxLength": 30000},
       "mood": {"type": "string", "maxLength": 100},
       "role": {"type": "string", "maxLength": 100},
       "duration": {"type": "number", "minimum": 0, "maximum": 86400, "x-unit": "seconds"}}}]
})";

const Json& schema() {
  static const Json json = Json::parse(kSchema);
  return json;
}

}  // namespace

Result<void> take_scene(storage::SceneDraft& draft, const Json& params) {
  const auto take = [&](const char* name, std::string& field) {
    if (params.contains(name)) field = params.at(name).get<std::string>();
  };
  take("text", draft.text);
  take("notes", draft.notes);
  take("picture_prompt", draft.picture_prompt);
  take("mood", draft.mood);
  take("role", draft.role);
  if (params.contains("duration")) {
    const auto duration_us = std::llround(1e6 * params.at("duration").get<double>());
    draft.duration_us.reset();
    if (duration_us > 0) draft.duration_us = duration_us;
  }
  if (draft.mood.empty() || is_mood(draft.mood) || !params.contains("mood")) return {};
  return Error{Code::invalid_request,
               "there is no mood \"" + draft.mood + "\"; did you mean \"" +
                   nearest_name(draft.mood, names_of(moods())) + "\"?",
               "/mood"};
}

Result<std::vector<storage::SceneDraft>> scene_drafts(const Json& scenes) {
  REELD_TRY(check_values(scenes, "/scenes"));
  std::vector<storage::SceneDraft> drafts;
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const std::string path = "/scenes/" + std::to_string(i);
    if (auto error = explain(schema(), schema(), scenes[i], path)) return *error;
    storage::SceneDraft& draft = drafts.emplace_back();
    const Json fields = scenes[i].is_string() ? Json{{"text", scenes[i]}} : scenes[i];
    if (const auto taken = take_scene(draft, fields); !taken)
      return Error{taken.error().code, taken.error().message, path + taken.error().path};
  }
  return drafts;
}

Result<void> check_user(storage::Database& database, const Json& params) {
  if (!params.contains("user")) return {};
  const auto user = storage::Users(database).find(params.at("user").get<std::string>());
  if (user) return {};
  return Error{user.error().code, user.error().message, "/user"};
}

}  // namespace reeld::engine
