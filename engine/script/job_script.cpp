#include "engine/script/job_script.hpp"

#include <algorithm>
#include <cctype>

namespace reeld::engine {
namespace {

using storage::Json;

std::string framework_of(const Json& brief, const Json& conversation) {
  std::string name = brief.value("framework", "none");
  if (name == "none") return conversation.empty() ? "" : "master_mode";
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::toupper(c); });
  return name;
}

// What is said in each part; null where the scenes have none.
Json parts_of(const Json& scenes) {
  Json parts;
  for (const Json& scene : scenes) {
    const std::string role = scene.value("role", "");
    if (role.empty()) continue;
    const std::string before = parts.is_object() ? parts.value(role, "") : "";
    parts[role] = before + (before.empty() ? "" : " ") + scene.at("text").get<std::string>();
  }
  return parts;
}

Json plan_of(const Json& scenes) {
  Json rows = Json::array();
  for (const Json& scene : scenes) {
    rows.push_back({{"scene_number", rows.size()},
                    {"content", scene.at("text")},
                    {"duration", scene.at("duration_seconds")},
                    {"visual_elements", scene.at("picture_prompt")}});
  }
  return {{"total_scenes", scenes.size()}, {"scenes", rows}};
}

}  // namespace

storage::JobScript job_script(const storage::ScriptRecord& record) {
  const Json& scenes = record.script.at("scenes");
  const Json conversation = record.script.value("conversation", Json::array());
  storage::JobScript script;
  script.prompt = record.brief.value("topic", record.brief.value("text", ""));
  script.framework = framework_of(record.brief, conversation);
  script.use_llm = record.origin != "rules";
  script.llm_specification = parts_of(scenes);
  script.scene_plan = plan_of(scenes);
  if (!conversation.empty()) script.llm_conversation_history = conversation;
  return script;
}

Json to_json(const storage::JobScript& script) {
  return {{"prompt", script.prompt},
          {"framework", script.framework.empty() ? Json(nullptr) : Json(script.framework)},
          {"use_llm", script.use_llm},
          {"llm_specification", script.llm_specification},
          {"scene_plan", script.scene_plan},
          {"llm_conversation_history", script.llm_conversation_history}};
}

}  // namespace reeld::engine
