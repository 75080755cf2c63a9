#include "engine/script/script.hpp"

#include "engine/script/dialogue.hpp"
#include "engine/script/splitter.hpp"
#include "engine/script/style.hpp"

namespace reeld::engine {
namespace {

Json speech_of(const ScriptScene& scene, const Script& script, const Brief& brief) {
  Json speech = brief.speech;
  speech["text"] = scene.text;
  speech.emplace("language", brief.language);
  if (script.speech_speed != 1) speech.emplace("speed", script.speech_speed);
  return speech;
}

// Held against the schema before anybody is paid: the brief's own fields for pictures and speech are seen
// there first.
Result<void> check_form(const Brief& brief) {
  Script script;
  script.title = brief.title;
  script.scenes = {{"word", "word", "neutral", 1, "", {"word"}}};
  const auto request = parse_request(request_from_script(script, brief));
  if (request) return {};
  Error error = request.error();
  const std::string scene = "/scenes/0";
  for (std::string* text : {&error.path, &error.message}) {
    if (text->starts_with(scene)) text->erase(0, scene.size());
  }
  return error;
}

}  // namespace

Result<Script> make_script(const Brief& brief, const ScriptTools& tools) {
  REELD_TRY(check_form(brief));
  return tools.writer == nullptr ? split_text(brief) : write_script(brief, tools);
}

Json picture_of_scene(const ScriptScene& scene, Json picture) {
  const std::string provider = picture.at("provider").get<std::string>();
  if (provider == "folder") {
    if (picture.value("pick", "") != "tags") return picture;
    if (!scene.tags.empty()) {
      picture["tags"] = scene.tags;
    } else {
      picture["pick"] = picture.value("otherwise", "order");
      picture.erase("otherwise");
    }
  } else if (provider != "file" && provider != "url" && provider != "asset") {
    picture["prompt"] = scene.picture_prompt;
  }
  return picture;
}

Json captions_of_platform(const Platform& platform) {
  return {{"size", platform.caption_size}, {"margin", platform.caption_margin}, {"box", true}};
}

Json request_from_script(const Script& script, const Brief& brief) {
  const Platform& platform = platform_of(brief.platform);
  Json scenes = Json::array();
  for (const ScriptScene& scene : script.scenes) {
    Json item = {{"picture", picture_of_scene(scene, brief.picture)},
                 {"duration", "speech"},
                 {"pad", platform.pad_seconds()},
                 {"motion", mood_of(scene.mood).motion},
                 {"speech", speech_of(scene, script, brief)}};
    if (brief.captions) item["captions"] = captions_of_platform(platform);
    if (&scene != &script.scenes.back()) {
      item["transition"] = {{"kind", "crossfade"}, {"duration", platform.crossfade_seconds}};
    }
    scenes.push_back(std::move(item));
  }
  Json request = {{"reeld", kRequestVersion},
                  {"title", script.title},
                  {"seed", brief.seed},
                  {"output", {{"aspect", platform.aspect}}},
                  {"scenes", std::move(scenes)}};
  if (brief.allow_fallback) request["allow_fallback"] = true;
  return request;
}

Json to_json(const Script& script) {
  Json scenes = Json::array();
  for (const ScriptScene& scene : script.scenes) {
    scenes.push_back({{"text", scene.text},
                      {"picture_prompt", scene.picture_prompt},
                      {"mood", scene.mood},
                      {"duration_seconds", scene.duration_seconds},
                      {"role", scene.role}});
  }
  Json conversation = Json::array();
  for (const Utterance& utterance : script.conversation) {
    conversation.push_back({{"role", utterance.role},
                            {"iteration", utterance.iteration},
                            {"content", utterance.content},
                            {"timestamp", utterance.timestamp}});
  }
  Json provenance;
  if (script.provenance) {
    const providers::Provenance& made = *script.provenance;
    provenance = {{"model_asked", made.model_asked},
                  {"model_used", made.model_used},
                  {"request_count", made.request_count},
                  {"input_tokens", made.input_tokens},
                  {"output_tokens", made.output_tokens},
                  {"thought_tokens", made.thought_tokens},
                  {"cached_tokens", made.cached_tokens},
                  {"response_seconds", made.response_seconds},
                  {"cost_usd", made.cost_usd ? Json(*made.cost_usd) : Json()},
                  {"metadata", made.metadata}};
  }
  return {{"title", script.title},        {"origin", script.origin},     {"scenes", scenes},
          {"conversation", conversation}, {"warnings", script.warnings}, {"provenance", provenance}};
}

}  // namespace reeld::engine
