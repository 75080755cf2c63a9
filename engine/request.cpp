#include "engine/request.hpp"

#include "engine/request_rules.hpp"
#include "engine/request_schema_check.hpp"

// Every getter here is safe because the schema held: a field that is there has its type.
namespace reeld::engine {
namespace {

template <class T>
void take(const Json& json, const char* name, T& target) {
  if (const auto it = json.find(name); it != json.end()) target = it->get<T>();
}

template <class T>
void take(const Json& json, const char* name, std::optional<T>& target) {
  if (const auto it = json.find(name); it != json.end()) target = it->get<T>();
}

std::uint8_t hex_byte(const std::string& text, std::size_t at) {
  return static_cast<std::uint8_t>(std::stoi(text.substr(at, 2), nullptr, 16));
}

void take_color(const Json& json, const char* name, Color8& target) {
  const auto it = json.find(name);
  if (it == json.end()) return;
  const std::string text = it->get<std::string>();
  target = {hex_byte(text, 1), hex_byte(text, 3), hex_byte(text, 5), 255};
  if (text.size() == 9) target.a = hex_byte(text, 7);
}

void take_easing(const Json& json, Easing& target) {
  const std::string name = json.value("easing", "linear");
  if (name == "ease-in") target = Easing::ease_in;
  if (name == "ease-out") target = Easing::ease_out;
  if (name == "ease-in-out") target = Easing::ease_in_out;
}

FractionRect rect_of(const Json& json) {
  return {json.at("x").get<double>(), json.at("y").get<double>(), json.at("w").get<double>(),
          json.at("h").get<double>()};
}

Result<OutputSpec> output_of(const Json& json) {
  OutputSpec output;
  REELD_TRY(resolve_size(json, output));
  if (json.contains("fps")) {
    REELD_ASSIGN(output.fps, frame_rate(json["fps"], "/output/fps"));
  }
  take(json, "codec", output.codec);
  take(json, "encoder", output.encoder);
  take(json, "device", output.device);
  take(json, "preset", output.preset);
  take(json, "crf", output.crf);
  take(json, "bit_depth", output.bit_depth);
  take(json, "container", output.container);
  take_color(json, "background", output.background);
  return output;
}

std::optional<QualityTarget> target_of(const Json& output) {
  const auto target = output.find("target");
  if (target == output.end()) return std::nullopt;
  return QualityTarget{target->at("metric").get<std::string>(), target->at("at_least").get<double>()};
}

MotionSpec motion_of(const Json& json) {
  MotionSpec motion;
  if (json.is_string()) {
    motion.move = json.get<std::string>();
    return motion;
  }
  take(json, "move", motion.move);
  take(json, "amount", motion.amount);
  take(json, "number", motion.number);
  take_easing(json, motion.easing);
  if (json.value("fit", "fill") == "fit") motion.fit = Fit::fit;
  if (json.contains("from")) {
    motion.move = "rects";
    motion.from = rect_of(json["from"]);
    motion.to = rect_of(json["to"]);
  }
  return motion;
}

// `true` is the decoration as it is by default, `false` is none.
template <class T>
std::optional<T> decoration_of(const Json& json, const char* name) {
  const auto it = json.find(name);
  if (it == json.end() || (it->is_boolean() && !it->get<bool>())) return std::nullopt;
  T decoration;
  if (it->is_object()) take_color(*it, "color", decoration.color);
  return decoration;
}

void take_decorations(const Json& json, TextSpec& text) {
  text.outline = decoration_of<Outline>(json, "outline");
  if (text.outline && json["outline"].is_object()) take(json["outline"], "width", text.outline->width);
  text.shadow = decoration_of<Shadow>(json, "shadow");
  if (text.shadow && json["shadow"].is_object()) {
    take(json["shadow"], "dx", text.shadow->dx);
    take(json["shadow"], "dy", text.shadow->dy);
    take(json["shadow"], "blur", text.shadow->blur);
  }
  text.box = decoration_of<Box>(json, "box");
  if (text.box && json["box"].is_object()) {
    take(json["box"], "padding", text.box->padding);
    take(json["box"], "radius", text.box->radius);
  }
}

TextSpec text_of(const Json& json) {
  TextSpec text;
  take(json, "text", text.text);
  take(json, "position", text.position);
  take(json, "x", text.x);
  take(json, "y", text.y);
  take(json, "size", text.size);
  take(json, "font", text.font);
  take(json, "weight", text.weight);
  take(json, "italic", text.italic);
  take_color(json, "color", text.color);
  take(json, "align", text.align);
  take(json, "max_width", text.max_width);
  take(json, "margin", text.margin);
  take(json, "line_spacing", text.line_spacing);
  take_decorations(json, text);
  take(json, "start", text.start);
  take(json, "end", text.end);
  take(json, "fade_in", text.fade_in);
  take(json, "fade_out", text.fade_out);
  return text;
}

// Whoever the field of their name calls for.
std::string source_named(const Json& json, const char* otherwise) {
  for (const char* name : {"asset", "file", "folder", "url"}) {
    if (json.contains(name)) return name;
  }
  return otherwise;
}

SpeechSpec speech_of(const Json& json) {
  SpeechSpec speech;
  speech.provider = source_named(json, "espeak-ng");
  take(json, "provider", speech.provider);
  speech.params = json;
  take(json, "volume_db", speech.volume_db);
  take(json, "delay", speech.delay);
  return speech;
}

TransitionSpec transition_of(const Json& json) {
  TransitionSpec transition;
  take(json, "kind", transition.kind);
  transition.duration = transition.kind == "cut" ? 0 : 1;
  take(json, "duration", transition.duration);
  take(json, "direction", transition.direction);
  take_color(json, "color", transition.color);
  take(json, "softness", transition.softness);
  take_easing(json, transition.easing);
  return transition;
}

// The style of the whole request stands behind the words and the references of the picture's own.
PictureSpec picture_of(const Json& json, const Json& style) {
  PictureSpec picture;
  picture.provider = source_named(json, "file");
  take(json, "provider", picture.provider);
  picture.params = json;
  if (!json.contains("prompt")) return picture;
  if (style.contains("prompt")) {
    const std::string own = json.value("style", "");
    picture.params["style"] = own + (own.empty() ? "" : "\n") + style["prompt"].get<std::string>();
  }
  for (const Json& file : style.value("references", Json::array()))
    picture.params["references"].push_back(file);
  return picture;
}

CaptionSpec captions_of(const Json& json) {
  CaptionSpec captions;
  captions.text.box = Box{};
  if (!json.is_object()) return captions;
  Json style = json;
  style["text"] = "";
  captions.text = text_of(style);
  take(json, "max_characters", captions.max_characters);
  return captions;
}

SceneSpec scene_of(const Json& json, const Json& style) {
  SceneSpec scene;
  scene.picture = picture_of(json["picture"], style);
  if (json["duration"].is_number()) scene.duration = json["duration"].get<double>();
  take(json, "pad", scene.pad);
  if (json.contains("motion")) scene.motion = motion_of(json["motion"]);
  if (json.contains("text")) {
    for (const Json& text : json["text"]) scene.text.push_back(text_of(text));
  }
  if (json.contains("speech")) scene.speech = speech_of(json["speech"]);
  if (json.contains("captions") && json["captions"] != false) scene.captions = captions_of(json["captions"]);
  if (json.contains("transition")) scene.transition = transition_of(json["transition"]);
  if (json.contains("background")) take_color(json, "background", scene.background.emplace());
  return scene;
}

MusicSpec music_of(const Json& json) {
  MusicSpec music;
  music.params = json;
  music.provider = source_named(json, "file");
  take(json, "provider", music.provider);
  take(json, "volume_db", music.volume_db);
  take(json, "duck_db", music.duck_db);
  take(json, "fade", music.fade_in);
  take(json, "fade", music.fade_out);
  take(json, "fade_in", music.fade_in);
  take(json, "fade_out", music.fade_out);
  take(json, "loop", music.loop);
  return music;
}

Result<void> take_quality(const Json& json, Request& request) {
  REELD_ASSIGN(request.quality, quality_of(json.value("quality", Json::object())));
  for (std::size_t i = 0; i < request.scenes.size(); ++i) {
    const Json& scene = json["scenes"][i];
    if (!scene.contains("reach")) continue;
    REELD_ASSIGN(
        request.scenes[i].reach,
        picture_bars(scene["reach"], "/scenes/" + std::to_string(i) + "/reach", request.quality.score));
  }
  return {};
}

}  // namespace

Result<Request> parse_request(const Json& json) {
  REELD_TRY(check_against_schema(json));
  Request request;
  take(json, "title", request.title);
  take(json, "seed", request.seed);
  take(json, "loudness_lufs", request.loudness_lufs);
  const Json output = json.value("output", Json::object());
  REELD_ASSIGN(request.output, output_of(output));
  request.target = target_of(output);
  take(json, "allow_fallback", request.allow_fallback);
  take(json, "budget_usd", request.budget_usd);
  const Json style = json.value("style", Json::object());
  for (const Json& scene : json["scenes"]) request.scenes.push_back(scene_of(scene, style));
  if (json.contains("music")) request.music = music_of(json["music"]);
  REELD_TRY(take_quality(json, request));
  REELD_TRY(check_rules(json, request));
  return request;
}

}  // namespace reeld::engine
