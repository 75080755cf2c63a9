#include "engine/project/film.hpp"

#include <algorithm>

#include "base/nearest.hpp"
#include "engine/fetch.hpp"
#include "engine/request_schema_check.hpp"
#include "engine/script/language_rules.hpp"
#include "engine/script/script.hpp"

namespace reeld::engine {
namespace {

// A scene's words that a folder's pictures are looked for by: as many as the rules of scripts give it.
constexpr std::size_t kTags = 8;

// Fields of the whole request, and of each scene.
const std::vector<std::string> kWhole = {"output",         "music",      "style",        "seed",
                                         "allow_fallback", "budget_usd", "loudness_lufs"};
const std::vector<std::string> kOfScenes = {"picture", "speech", "motion", "transition", "captions"};

Error unfit(const std::string& path, const std::string& why) {
  return {Code::invalid_request, path + ": " + why, path};
}

// Each scene brings these itself.
Result<void> check_begin(const Json& options, const char* name, const std::vector<std::string>& left_out) {
  const auto given = options.find(name);
  if (given == options.end()) return {};
  const std::string path = std::string("/options/") + name;
  if (!given->is_object()) return unfit(path, found_text(*given) + " is not allowed: an object");
  for (const std::string& field : left_out) {
    if (given->contains(field))
      return unfit(path + "/" + field, "each scene brings its own: leave it out here");
  }
  return {};
}

Result<void> check_options(const Json& options) {
  REELD_TRY(check_values(options, "/options"));
  std::vector<std::string> known = kWhole;
  known.insert(known.end(), kOfScenes.begin(), kOfScenes.end());
  for (const auto& [name, value] : options.items()) {
    if (std::ranges::find(known, name) != known.end()) continue;
    const std::string path = pointer_child("/options", name);
    return Error{Code::unknown_field,
                 path + ": no such option: did you mean \"" + nearest_name(name, known) + "\"?", path};
  }
  REELD_TRY(check_begin(options, "picture", {"prompt", "tags"}));
  if (options.value("speech", Json()) == false) return {};
  return check_begin(options, "speech", {"text"});
}

// A picture's words seldom are a file's name: one in its turn is better than none.
Json with_provider(Json picture) {
  if (picture.contains("folder") && !picture.contains("pick")) {
    picture["pick"] = "tags";
    picture.emplace("otherwise", "order");
  }
  for (const char* name : {"folder", "url", "asset"}) {
    if (picture.contains(name)) picture.emplace("provider", name);
  }
  picture.emplace("provider", "file");
  return picture;
}

// What all scenes have in common.
struct Setup {
  const Platform& platform;
  std::string language;
  Json picture, speech;  // null: none
  std::string why_no_picture;
  Json captions;  // false: none
  Json motion;    // null: as the scene's mood
  Json transition;
  LanguageRules rules;
};

Result<Setup> setup_of(const FilmSource& source, const Json& options) {
  const Platform& platform = platform_like(source.platform);
  REELD_ASSIGN(LanguageRules rules, LanguageRules::open(source.language.empty() ? "en" : source.language));
  Json picture = options.value("picture", source.picture);
  if (!picture.is_null()) picture = with_provider(std::move(picture));
  Json speech = options.value("speech", source.speech);
  if (speech == false) speech = nullptr;
  Json captions = options.value("captions", Json(source.captions));
  if (captions == true) captions = captions_of_platform(platform);
  return Setup{
      platform,
      source.language,
      std::move(picture),
      std::move(speech),
      source.why_no_picture,
      std::move(captions),
      options.value("motion", Json()),
      options.value("transition", Json{{"kind", "crossfade"}, {"duration", platform.crossfade_seconds}}),
      std::move(rules)};
}

std::string scene_path(std::size_t index, const char* field) {
  return "/scenes/" + std::to_string(index) + "/" + field;
}

Result<Json> picture_of(const FilmScene& scene, std::size_t index, Setup& setup) {
  if (!scene.picture.empty()) return Json{{"asset", scene.picture}};
  const std::string number = std::to_string(index + 1);
  const std::string path = scene_path(index, "picture");
  if (setup.picture.is_null()) {
    return Error{Code::invalid_state,
                 "scene " + number + " has no picture" + setup.why_no_picture +
                     ": make one for it, or say with the option \"picture\" where it comes from",
                 path};
  }
  ScriptScene words;
  words.picture_prompt = scene.picture_prompt.empty() ? scene.text : scene.picture_prompt;
  words.tags = setup.rules.key_words(scene.text.empty() ? scene.picture_prompt : scene.text, kTags);
  Json picture = picture_of_scene(words, setup.picture);
  if (picture.contains("prompt") && words.picture_prompt.empty()) {
    return Error{
        Code::invalid_state,
        "scene " + number + " has neither a picture nor a word that one could be made of: give it one", path};
  }
  return picture;
}

// null: nobody speaks.
Json speech_of(const FilmScene& scene, const Setup& setup, bool silent) {
  if (silent) return nullptr;
  if (!scene.speech.empty()) {
    Json speech = {{"asset", scene.speech}};
    if (!scene.text.empty()) speech["text"] = scene.text;
    return speech;
  }
  if (setup.speech.is_null() || scene.text.empty()) return nullptr;
  Json speech = setup.speech;
  speech["text"] = scene.text;
  if (!setup.language.empty()) speech.emplace("language", setup.language);
  return speech;
}

Json motion_of(const FilmScene& scene, const Setup& setup) {
  if (!setup.motion.is_null()) return setup.motion;
  return is_mood(scene.mood) ? mood_of(scene.mood).motion : Json("auto");
}

Result<Json> scene_of(const FilmSource& source, std::size_t index, Setup& setup, bool silent,
                      Json& warnings) {
  const FilmScene& scene = source.scenes[index];
  Json item;
  REELD_ASSIGN(item["picture"], picture_of(scene, index, setup));
  item["motion"] = motion_of(scene, setup);
  const Json speech = speech_of(scene, setup, silent);
  const bool shown = setup.captions != false && !scene.text.empty();
  if (speech.is_null()) {
    item["duration"] = scene.duration_seconds.value_or(setup.platform.scene_seconds);
    if (shown) {
      item["text"] = {captions_of_platform(setup.platform)};
      item["text"][0]["text"] = scene.text;
    } else if (!scene.text.empty()) {
      warnings.push_back({{"message", "nobody speaks in scene " + std::to_string(index + 1) +
                                          ", and there are no captions: its text is lost"},
                          {"path", scene_path(index, "text")}});
    }
  } else {
    item.update({{"speech", speech}, {"duration", "speech"}, {"pad", setup.platform.pad_seconds()}});
    if (shown) item["captions"] = setup.captions;
  }
  if (index + 1 < source.scenes.size()) item["transition"] = setup.transition;
  return item;
}

bool is_below(const std::string& path, const std::string& base) {
  return path == base || path.starts_with(base + "/");
}

// What the request's check says of a field is said of the option that it came from.
Error error_of_option(Error error, const Json& options) {
  const std::string scenes = "/scenes/";
  std::string scene;
  if (error.path.starts_with(scenes)) scene = error.path.substr(0, error.path.find('/', scenes.size()));
  for (const auto& [name, unused] : options.items()) {
    for (const std::string& base : {"/" + name, scene + "/" + name}) {
      if (!is_below(error.path, base)) continue;
      for (std::string* text : {&error.path, &error.message}) {
        if (text->starts_with(base)) text->replace(0, base.size(), "/options/" + name);
      }
      return error;
    }
  }
  return error;
}

// The platform's shape, unless width and height say another.
Json output_of(const Platform& platform, const Json& options) {
  Json output = options.value("output", Json::object());
  if (output.is_object() && !(output.contains("width") && output.contains("height"))) {
    output.emplace("aspect", platform.aspect);
  }
  return output;
}

}  // namespace

Result<Film> film_of(const FilmSource& source, const Json& options) {
  REELD_TRY(check_options(options));
  REELD_ASSIGN(Setup setup, setup_of(source, options));
  const bool silent = options.value("speech", Json()) == false;
  Film film;
  Json scenes = Json::array();
  for (std::size_t i = 0; i < source.scenes.size(); ++i) {
    REELD_ASSIGN(Json scene, scene_of(source, i, setup, silent, film.warnings));
    scenes.push_back(std::move(scene));
  }
  film.request = {{"reeld", kRequestVersion}, {"title", source.title}, {"scenes", std::move(scenes)}};
  for (const std::string& name : kWhole) {
    if (options.contains(name)) film.request[name] = options[name];
  }
  film.request["output"] = output_of(setup.platform, options);
  if (const auto request = parse_request(film.request); !request)
    return error_of_option(request.error(), options);
  return film;
}

Result<void> check_assets(storage::Database& database, const std::filesystem::path& data_dir,
                          const Json& request_json) {
  REELD_ASSIGN(const Request request, parse_request(request_json));
  for (const auto& wants : {picture_wants(request), sound_wants(request)}) {
    for (const Want& want : wants) {
      if (want.provider == kAssetSource) REELD_TRY(kept_asset(database, data_dir, want));
    }
  }
  return {};
}

}  // namespace reeld::engine
