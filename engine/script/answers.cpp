// The reading half of prompting.hpp: a model's text, held against what was asked for.
#include <algorithm>
#include <cmath>

#include "engine/script/answer_json.hpp"
#include "engine/script/language_rules.hpp"
#include "engine/script/prompting.hpp"
#include "engine/script/style.hpp"

namespace reeld::engine {
namespace {

// In characters that no speech and no picture model would take in one go anyway.
constexpr std::size_t kLongestText = 4000, kLongestPrompt = 4000, kLongestNote = 4000, kMostNotes = 200;
constexpr double kLongestScene = 600;  // seconds
// Writers count badly; what is this far from the length asked for was not written for it.
constexpr double kFarOff = 3;
constexpr std::size_t kTags = 12;

// What is wrong with a scene that has the right form; empty where nothing is.
std::string wrong_with(const ScriptScene& scene) {
  if (is_blank(scene.text)) return "says nothing";
  if (is_blank(scene.picture_prompt)) return "shows nothing";
  if (scene.text.size() > kLongestText)
    return "has a text of " + std::to_string(scene.text.size()) + " bytes";
  if (scene.picture_prompt.size() > kLongestPrompt) {
    return "has a picture prompt of " + std::to_string(scene.picture_prompt.size()) + " bytes";
  }
  if (!(scene.duration_seconds > 0 && scene.duration_seconds <= kLongestScene)) {
    return "lasts " + Json(scene.duration_seconds).dump() + " s";
  }
  return "";
}

// Each part of the framework is there, in its order.
std::string wrong_with_roles(const std::vector<ScriptScene>& scenes, const std::vector<Role>& roles) {
  std::size_t at = 0;
  for (std::size_t part = 0; part < roles.size(); ++part) {
    if (at == scenes.size() || scenes[at].role != roles[part].name) {
      return "lacks the part \"" + roles[part].name + "\", or has it out of order";
    }
    while (at < scenes.size() && scenes[at].role == roles[part].name) ++at;
  }
  return at == scenes.size() ? "" : "goes back to the part \"" + scenes[at].role + "\"";
}

std::string wrong_with_scenes(const std::vector<ScriptScene>& scenes, const Assignment& assignment) {
  if (scenes.empty()) return "has no scenes";
  if (scenes.size() > static_cast<std::size_t>(assignment.most_scenes)) {
    return "has " + std::to_string(scenes.size()) + " scenes, and at most " +
           std::to_string(assignment.most_scenes) + " were asked for";
  }
  double seconds = 0;
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    if (const std::string wrong = wrong_with(scenes[i]); !wrong.empty()) {
      return "is absurd: scene " + std::to_string(i + 1) + " " + wrong;
    }
    seconds += scenes[i].duration_seconds;
  }
  if (seconds > kFarOff * assignment.target_seconds || seconds < assignment.target_seconds / kFarOff) {
    return "is " + std::to_string(std::lround(seconds)) + " s long, and " +
           std::to_string(std::lround(assignment.target_seconds)) + " s were asked for";
  }
  const std::vector<Role>& roles = framework_of(assignment.brief.framework).roles;
  return roles.empty() ? "" : wrong_with_roles(scenes, roles);
}

}  // namespace

Result<Draft> read_draft(const std::string& answer, const Assignment& assignment) {
  REELD_ASSIGN(const Json json, json_of_answer(answer, draft_schema(assignment)));
  REELD_ASSIGN(LanguageRules english, LanguageRules::open("en"));
  Draft draft;
  draft.title = json["title"].get<std::string>();
  for (const Json& item : json["scenes"]) {
    ScriptScene& scene = draft.scenes.emplace_back();
    scene.text = item["text"].get<std::string>();
    scene.picture_prompt = item["picture_prompt"].get<std::string>();
    scene.mood = item["mood"].get<std::string>();
    scene.duration_seconds = item["duration_seconds"].get<double>();
    scene.role = item.value("role", "");
    scene.tags = english.key_words(scene.picture_prompt, kTags);
  }
  if (const std::string wrong = wrong_with_scenes(draft.scenes, assignment); !wrong.empty())
    return malformed_answer(wrong, answer);
  return draft;
}

Result<Critique> read_critique(const std::string& answer, std::size_t scene_count) {
  REELD_ASSIGN(const Json json, json_of_answer(answer, critique_schema()));
  Critique critique;
  critique.accepts = json["verdict"] == "accept";
  if (json["notes"].size() > kMostNotes)
    return malformed_answer("has " + std::to_string(json["notes"].size()) + " notes", answer);
  for (const Json& item : json["notes"]) {
    const Note note{
        static_cast<int>(std::clamp<std::int64_t>(item["scene"].get<std::int64_t>(), -1, kMaxScenes)),
        item["note"].get<std::string>()};
    if (note.scene < 0 || static_cast<std::size_t>(note.scene) > scene_count) {
      return malformed_answer(
          "speaks of a scene " + item["scene"].dump() + " of " + std::to_string(scene_count), answer);
    }
    if (is_blank(note.text) || note.text.size() > kLongestNote)
      return malformed_answer("has an empty or endless note", answer);
    critique.notes.push_back(note);
  }
  if (!critique.accepts && critique.notes.empty())
    return malformed_answer("asks for a revision and has no notes", answer);
  return critique;
}

}  // namespace reeld::engine
