#include "engine/script/brief.hpp"

#include <algorithm>
#include <cctype>

#include "base/nearest.hpp"
#include "engine/request_schema_check.hpp"
#include "engine/schema_explain.hpp"
#include "engine/script/style.hpp"

namespace reeld::engine {
namespace {

constexpr const char* kSchema = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "text": {"type": "string", "minLength": 1, "maxLength": 100000},
    "topic": {"type": "string", "minLength": 1, "maxLength": 2000},
    "title": {"type": "string", "maxLength": 200},
    "tone": {"type": "string", "minLength": 1, "maxLength": 100},
    "platform": {"type": "string"},
    "category": {"type": "string", "maxLength": 100},
    "language": {"type": "string", "pattern": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$",
                 "x-allowed": "a language tag such as \"en\", \"de-AT\" or \"zh-Hans\""},
    "target_seconds": {"type": "number", "minimum": 5, "maximum": 3600, "x-unit": "seconds"},
    "framework": {"type": "string"},
    "passes": {"type": "integer", "minimum": 0, "maximum": 4},
    "captions": {"type": "boolean"},
    "allow_fallback": {"type": "boolean"},
    "seed": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
    "writer": {
      "type": "object", "additionalProperties": false, "required": ["provider"],
      "properties": {
        "provider": {"type": "string", "minLength": 1, "maxLength": 64},
        "model": {"type": "string", "maxLength": 200},
        "temperature": {"type": "number", "minimum": 0, "maximum": 2},
        "max_output_tokens": {"type": "integer", "minimum": 1, "maximum": 1000000},
        "seed": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
        "options": {"type": "object"}
      }
    },
    "picture": {"type": "object", "properties": {
      "provider": {"type": "string", "minLength": 1, "maxLength": 64},
      "folder": {"type": "string", "minLength": 1, "maxLength": 4096}
    }},
    "speech": {"type": "object", "properties": {"provider": {"type": "string", "minLength": 1, "maxLength": 64}}}
  }
})";

const Json& schema() {
  static const Json json = Json::parse(kSchema);
  return json;
}

Error unfit(const std::string& path, const std::string& why) {
  return {Code::invalid_request, path.empty() ? why : path + ": " + why, path};
}

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

// "TikTok" and "PAS" are how people write them.
std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Result<void> check_known(const std::string& path, const std::string& name,
                         const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), name) != known.end()) return {};
  std::string all;
  for (const std::string& each : known) all += (all.empty() ? "" : ", ") + each;
  return unfit(path, found_text(name) + " is not known: did you mean \"" + nearest_name(name, known) +
                         "\"? (" + all + ")");
}

Result<void> check_subject(const Brief& brief) {
  if (!brief.text.empty() && !brief.topic.empty()) {
    return unfit("/topic",
                 "stands beside a text: give the words themselves, or what to write about, not both");
  }
  if (is_blank(brief.text) && is_blank(brief.topic)) {
    return unfit("/text", "is missing or empty: give the words to say, or a topic and a writer");
  }
  if (!brief.writer.is_null()) return {};
  if (!brief.topic.empty()) {
    return unfit("/topic",
                 "without a writer only rules are at work, and they cannot write about a topic: name a "
                 "writer, a provider of "
                 "scripts, or give the text itself");
  }
  if (brief.passes > 0)
    return unfit("/passes", "director and critic need a writer, a provider of scripts: name one");
  return {};
}

// The engine puts the scene's own words in; two of them would leave one unheard.
Result<void> check_left_out(const Json& object, const std::string& path,
                            const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (!object.contains(name)) continue;
    return unfit(pointer_child(path, name), "each scene brings its own: leave it out here");
  }
  return {};
}

Result<Json> picture_of(const Json& json) {
  if (!json.contains("picture")) {
    return unfit("/picture",
                 "is missing: say where the pictures come from: a folder of them, {\"folder\": DIR} "
                 "(reelctl: --pictures DIR), or "
                 "a provider, {\"provider\": NAME} (reelctl: --picture-provider NAME)");
  }
  Json picture = json["picture"];
  REELD_TRY(check_left_out(picture, "/picture", {"prompt", "tags"}));
  if (picture.contains("folder")) {
    picture.emplace("provider", "folder");
    // The words of a scene seldom name a picture's file: one in its turn is better than none.
    if (!picture.contains("pick"))
      picture.update({{"pick", "tags"}, {"otherwise", picture.value("otherwise", "order")}});
  }
  const std::string provider = picture.value("provider", "");
  if (provider.empty())
    return unfit("/picture/provider", "is missing: name a provider of pictures, or a folder");
  if (provider == "file" || provider == "url") {
    return unfit("/picture/provider",
                 found_text(provider) +
                     " is one picture for all scenes: give a folder, {\"folder\": DIR}, or another provider");
  }
  return picture;
}

Result<Json> speech_of(const Json& json) {
  Json speech = json.value("speech", Json::object());
  REELD_TRY(check_left_out(speech, "/speech", {"text", "file"}));
  speech.emplace("provider", "espeak-ng");
  if (speech["provider"] == "file") {
    return unfit("/speech/provider", "\"file\" cannot speak what is written: name a provider of speech");
  }
  return speech;
}

}  // namespace

Result<Brief> parse_brief(const Json& json) {
  if (!json.is_object()) return unfit("", "the brief is " + found_text(json) + ": it must be a JSON object");
  REELD_TRY(check_values(json));
  if (auto error = explain(schema(), schema(), json, "")) return *error;
  Brief brief;
  brief.text = json.value("text", "");
  brief.topic = json.value("topic", "");
  brief.title = json.value("title", "");
  brief.tone = lower(json.value("tone", brief.tone));
  brief.platform = lower(json.value("platform", brief.platform));
  brief.category = lower(json.value("category", ""));
  brief.language = json.value("language", brief.language);
  if (json.contains("target_seconds")) brief.target_seconds = json["target_seconds"].get<double>();
  brief.framework = lower(json.value("framework", brief.framework));
  brief.passes = json.value("passes", 0);
  brief.captions = json.value("captions", true);
  brief.allow_fallback = json.value("allow_fallback", false);
  brief.seed = json.value("seed", std::uint64_t{0});
  brief.writer = json.value("writer", Json());
  REELD_TRY(check_known("/platform", brief.platform, names_of(platforms())));
  REELD_TRY(check_known("/framework", brief.framework, names_of(frameworks())));
  REELD_TRY(check_subject(brief));
  REELD_ASSIGN(brief.picture, picture_of(json));
  REELD_ASSIGN(brief.speech, speech_of(json));
  return brief;
}

}  // namespace reeld::engine
