#include "engine/project/source.hpp"

#include <algorithm>

#include "base/nearest.hpp"
#include "engine/named_model.hpp"
#include "engine/project/records.hpp"
#include "engine/request_schema_check.hpp"
#include "engine/script/brief.hpp"
#include "storage/users.hpp"

namespace reeld::engine {
namespace {

// null where nobody has it.
Json picture_by_model(const providers::Registry& registry, const std::string& name) {
  const auto named = named_model(registry.list(), providers::Capability::picture, name);
  if (!named) return nullptr;
  Json picture = {{"provider", named->provider}};
  if (!named->model.empty()) picture["model"] = named->model;
  return picture;
}

void take_picture(FilmSource& source, const providers::Registry& registry,
                  const storage::Settings& settings) {
  if (settings.image_model.empty()) return;
  source.picture = picture_by_model(registry, settings.image_model);
  if (source.picture.is_null()) {
    source.why_no_picture = ", for the user's settings name the image_model \"" + settings.image_model +
                            "\", and no provider of pictures has it";
  }
}

Json speech_by_settings(const storage::Settings& settings) {
  if (settings.tts_provider.empty() && settings.default_tts_voice.empty()) return nullptr;
  Json speech = Json::object();
  if (!settings.tts_provider.empty()) speech["provider"] = settings.tts_provider;
  if (!settings.default_tts_voice.empty()) speech["voice"] = settings.default_tts_voice;
  return speech;
}

// What is made of a prompt has the style that the user prefers.
void take_style(Json& picture, const storage::Settings& settings) {
  if (picture.is_null() || settings.default_image_style.empty()) return;
  for (const char* name : {"file", "folder", "url", "asset"}) {
    if (picture.contains(name)) return;
  }
  picture.emplace("style", settings.default_image_style);
}

FilmScene scene_of(const storage::Scene& scene) {
  FilmScene film;
  film.text = scene.text;
  film.picture_prompt = scene.picture_prompt;
  film.mood = scene.mood;
  if (scene.duration_us) film.duration_seconds = static_cast<double>(*scene.duration_us) / 1e6;
  return film;
}

void put_takes(ProjectSource& film, const std::vector<storage::Scene>& scenes, const TakesByScene& takes) {
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const auto own = takes.find(scenes[i].id);
    if (own == takes.end()) continue;
    for (const storage::Take& take : own->second) {
      if (take.type == "IMAGE") film.source.scenes[i].picture = take.asset_id;
      if (take.type == "AUDIO") film.source.scenes[i].speech = take.asset_id;
      if (take.type != "VIDEO_CLIP") continue;
      film.warnings.push_back({{"message", "the clip of scene " + std::to_string(i + 1) +
                                               " is left out: films are made of pictures so far"},
                               {"path", "/scenes/" + std::to_string(i)}});
    }
  }
}

Error unfit(const std::string& path, const std::string& why) {
  return {Code::invalid_request, path + ": " + why, path};
}

Result<FilmScene> scene_of_item(const Json& item, const std::string& path) {
  if (item.is_string()) {
    FilmScene scene;
    scene.picture = item.get<std::string>();
    return scene;
  }
  if (!item.is_object())
    return unfit(path, found_text(item) + " is not allowed: an asset, or a map with \"picture\"");
  const std::vector<std::string> texts = {"picture", "speech", "text"};
  for (const auto& [name, value] : item.items()) {
    const std::string where = pointer_child(path, name);
    if (name == "duration") {
      if (!value.is_number() || value <= 0 || value > 86400)
        return unfit(where, found_text(value) + " is not allowed: seconds above 0 and at most 86400");
    } else if (std::ranges::find(texts, name) == texts.end()) {
      std::vector<std::string> known = texts;
      known.emplace_back("duration");
      return Error{Code::unknown_field,
                   where + ": no such field here: did you mean \"" + nearest_name(name, known) + "\"?",
                   where};
    } else if (!value.is_string() || value == "") {
      return unfit(where, found_text(value) + " is not allowed: a text");
    }
  }
  if (!item.contains("picture")) return unfit(path + "/picture", "is missing: needs an asset");
  FilmScene scene;
  scene.picture = item["picture"].get<std::string>();
  scene.speech = item.value("speech", "");
  scene.text = item.value("text", "");
  if (item.contains("duration")) scene.duration_seconds = item["duration"].get<double>();
  return scene;
}

}  // namespace

Result<ProjectSource> source_of_project(storage::Database& database, const providers::Registry& registry,
                                        const std::string& project_id) {
  storage::Projects projects(database);
  REELD_ASSIGN(const auto project, projects.find(project_id));
  REELD_ASSIGN(const auto scenes, projects.scenes(project_id));
  if (scenes.empty()) {
    const bool writing = project.script_status == "writing";
    return Error{Code::invalid_state,
                 writing ? "the project's script is still being written: wait for it"
                         : "the project has no scenes, and a film needs one at least: add some",
                 "/project"};
  }
  ProjectSource film;
  FilmSource& source = film.source;
  source.title = project.title;
  source.platform = project.platform;
  REELD_ASSIGN(const auto settings, storage::Users(database).settings(project.user_id));
  source.language = project.language.empty() ? settings.default_language : project.language;
  if (!project.brief.is_null()) {
    REELD_ASSIGN(const Brief brief, parse_brief(project.brief));
    source.picture = brief.picture;
    source.speech = brief.speech;
    source.captions = brief.captions;
  } else {
    source.speech = speech_by_settings(settings);
    take_picture(source, registry, settings);
  }
  take_style(source.picture, settings);
  for (const storage::Scene& scene : scenes) source.scenes.push_back(scene_of(scene));
  REELD_ASSIGN(const auto takes, main_takes(database, project_id));
  put_takes(film, scenes, takes);
  return film;
}

Result<FilmSource> source_of_assets(const Json& items) {
  REELD_TRY(check_values(items, "/assets"));
  FilmSource source;
  for (std::size_t i = 0; i < items.size(); ++i) {
    REELD_ASSIGN(FilmScene scene, scene_of_item(items[i], "/assets/" + std::to_string(i)));
    source.scenes.push_back(std::move(scene));
  }
  return source;
}

}  // namespace reeld::engine
