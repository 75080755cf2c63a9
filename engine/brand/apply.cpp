#include "engine/brand/apply.hpp"

#include <algorithm>
#include <cctype>

#include "engine/brand/colors.hpp"

// Every getter here is safe because parse_request held.
namespace reeld::engine {
namespace {

constexpr Color8 kBlack{0, 0, 0, 255}, kWhite{255, 255, 255, 255};
constexpr const char* kNoGround =
    "no colour of the brand, nor black or white, can be read on a ground that "
    "lets so much of the picture through";

std::string text_in(const Json& style, const char* name) {
  const auto it = style.find(name);
  return it != style.end() && it->is_string() ? it->get<std::string>() : "";
}

std::vector<Color8> palette_of(const Json& style) {
  std::vector<Color8> colors;
  for (const Json& text : style.value("color_palette", Json::array())) {
    if (!text.is_string()) continue;
    if (const auto color = color_from_hex(text.get<std::string>())) colors.push_back(*color);
  }
  return colors;
}

// The first of the palette, which has the weightiest first, that can be read; black or white where none can;
// nullopt where they cannot either.
template <class Contrast>
std::optional<Color8> readable(std::vector<Color8> palette, Contrast contrast) {
  const bool white_first = contrast(kWhite) >= contrast(kBlack);
  palette.push_back(white_first ? kWhite : kBlack);
  const auto it = std::ranges::find_if(palette, [&](Color8 c) { return contrast(c) >= kReadableContrast; });
  return it == palette.end() ? std::nullopt : std::optional(*it);
}

class Styler {
 public:
  Styler(Json request, const Json& style, const std::vector<std::string>& families)
      : request_(std::move(request)),
        words_(picture_words(style)),
        palette_(palette_of(style)),
        family_(family_named(text_in(style, "typography_style"), families)) {}

  Json run() {
    style_pictures();
    if (!palette_.empty() && !(request_.contains("output") && request_["output"].contains("background")))
      set(request_["output"], "/output", "background", hex_of(palette_.front()));
    for (std::size_t i = 0; i < request_["scenes"].size(); ++i) {
      Json& scene = request_["scenes"][i];
      const std::string path = "/scenes/" + std::to_string(i);
      if (scene.contains("text")) {
        for (std::size_t k = 0; k < scene["text"].size(); ++k)
          style_text(scene["text"][k], path + "/text/" + std::to_string(k));
      }
      if (scene.contains("captions") && scene["captions"] != false) style_captions(scene, path);
    }
    return {{"request", request_}, {"changes", changes_}, {"left", left_}};
  }

 private:
  void set(Json& object, const std::string& path, const std::string& name, const Json& value) {
    const Json before = object.contains(name) ? object[name] : Json();
    changes_.push_back({{"path", path + "/" + name}, {"from", before}, {"to", value}});
    object[name] = value;
  }

  void style_pictures() {
    const bool made = std::ranges::any_of(
        request_["scenes"], [](const Json& scene) { return scene["picture"].contains("prompt"); });
    if (!made || words_.empty()) return;
    const std::string own = request_.contains("style") ? request_["style"].value("prompt", "") : "";
    set(request_["style"], "/style", "prompt", own.empty() ? words_ : own + "\n" + words_);
  }

  // `true` is captions as they are by default, in a box.
  void style_captions(Json& scene, const std::string& path) {
    Json captions = scene["captions"].is_object() ? scene["captions"] : Json{{"box", true}};
    const std::size_t changed = changes_.size();
    style_text(captions, path + "/captions");
    if (changes_.size() > changed) scene["captions"] = captions;
  }

  void style_text(Json& text, const std::string& path) {
    if (!family_.empty() && text.value("font", "").empty()) set(text, path, "font", family_);
    if (palette_.empty()) return;
    const char* ground = has(text, "box") ? "box" : has(text, "outline") ? "outline" : nullptr;
    if (text.contains("color")) {
      if (ground != nullptr && !has_color(text[ground])) color_ground(text, path, ground);
      return;
    }
    if (ground != nullptr && has_color(text[ground])) {
      const Color8 under = *color_from_hex(text[ground]["color"].get<std::string>());
      const auto color = readable(palette_, [&](Color8 c) { return worst_contrast(c, under); });
      if (!color) return leave(path + "/color", kNoGround);
      return set(text, path, "color", hex_of(*color));
    }
    // Opaque, so that the letters can be read whatever the picture is; on an opaque ground black or white
    // always can.
    const Color8 under = palette_.front();
    const auto color = readable(palette_, [&](Color8 c) { return contrast_ratio(c, under); });
    set(text, path, "color", hex_of(*color));
    set_ground(text, path, ground != nullptr ? ground : "outline", under);
  }

  // Of letters whose colour is the request's own.
  void color_ground(Json& text, const std::string& path, const char* ground) {
    const Color8 letters = *color_from_hex(text["color"].get<std::string>());
    const auto it = std::ranges::find_if(
        palette_, [&](Color8 c) { return contrast_ratio(letters, c) >= kReadableContrast; });
    if (it == palette_.end())
      return leave(path + "/" + ground, "the text's own colour cannot be read on any colour of the brand");
    set_ground(text, path, ground, *it);
  }

  void set_ground(Json& text, const std::string& path, const char* ground, Color8 color) {
    Json object = text.contains(ground) && text[ground].is_object() ? text[ground] : Json::object();
    object["color"] = hex_of(color);
    set(text, path, ground, object);
  }

  static bool has(const Json& text, const char* name) { return text.contains(name) && text[name] != false; }
  static bool has_color(const Json& ground) { return ground.is_object() && ground.contains("color"); }

  void leave(const std::string& path, const std::string& why) {
    left_.push_back({{"path", path}, {"why", why}});
  }

  Json request_;
  Json changes_ = Json::array(), left_ = Json::array();
  const std::string words_;
  const std::vector<Color8> palette_;
  const std::string family_;
};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 128;
}

bool names(const std::string& words, const std::string& name) {
  for (std::size_t at = words.find(name); at != std::string::npos; at = words.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || !is_word(words[at - 1])) && (end == words.size() || !is_word(words[end]))) return true;
  }
  return false;
}

}  // namespace

Result<Json> apply_brand(const Json& request, const Json& style_data,
                         const std::vector<std::string>& families) {
  REELD_TRY(parse_request(request));
  Json applied = Styler(request, style_data, families).run();
  REELD_TRY(parse_request(applied["request"]));
  return applied;
}

std::string picture_words(const Json& style_data) {
  std::string words;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) words += (words.empty() ? "" : ", ") + part;
  };
  for (const char* name : {"visual_theme", "mood", "lighting_preference", "composition_style"})
    add(text_in(style_data, name));
  std::string colors;
  for (const Color8 color : palette_of(style_data)) colors += (colors.empty() ? "" : " ") + hex_of(color);
  if (!colors.empty()) add("colour palette " + colors);
  return words;
}

std::string family_named(const std::string& typography, const std::vector<std::string>& families) {
  const std::string words = lower(typography);
  std::string found;
  for (const std::string& family : families) {
    if (family.size() > found.size() && names(words, lower(family))) found = family;
  }
  return found;
}

}  // namespace reeld::engine
