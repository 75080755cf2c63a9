#include "engine/edit/editing.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>

#include "base/nearest.hpp"
#include "engine/edit/trim.hpp"
#include "engine/request_schema_check.hpp"

namespace reeld::engine {
namespace {

enum class Form : std::uint8_t { index, seconds, object, list, text_or_object, any };

struct Field {
  const char* name;
  Form form;
  bool required = true;
};

const char* form_words(Form form) {
  switch (form) {
    case Form::index:
      return "a whole number from 0 on";
    case Form::seconds:
      return "seconds, from 0 to 86400";
    case Form::object:
      return "an object";
    case Form::list:
      return "a list";
    case Form::text_or_object:
      return "a text, an object, or null";
    case Form::any:
      return "a value";
  }
  return "";
}

bool has_form(const Json& value, Form form) {
  switch (form) {
    case Form::index:
      return value.is_number_integer() && value.get<std::int64_t>() >= 0 &&
             value.get<std::int64_t>() <= kMaxScenes;
    case Form::seconds:
      return value.is_number() && value.get<double>() >= 0 && value.get<double>() <= 86400;
    case Form::object:
      return value.is_object();
    case Form::list:
      return value.is_array();
    case Form::text_or_object:
      return value.is_string() || value.is_object() || value.is_null();
    case Form::any:
      return true;
  }
  return false;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// What other editors have and this renderer has not.
const std::set<std::string> kEffects = {"effect", "set_effect", "add_effect", "filter",     "set_filter",
                                        "color",  "set_color",  "colour",     "set_colour", "set_brightness",
                                        "blur",   "set_blur",   "speed",      "set_speed"};

std::string scene_path(std::size_t scene) {
  return "/scenes/" + std::to_string(scene);
}

}  // namespace

struct Editing::Kind {
  std::string name;
  std::vector<Field> fields;
  std::function<Result<void>(Editing&, const Json&)> apply;
};

const std::vector<Editing::Kind>& Editing::kinds() {
  const auto in_scene = [](const char* name) {
    return [name](Editing& editing, const Json& edit) { return editing.set_in_scene(edit, name); };
  };
  const auto in_film = [](const char* name) {
    return [name](Editing& editing, const Json& edit) { return editing.set_in_film(edit, name); };
  };
  static const std::vector<Kind> kinds = {
      {"trim",
       {{"scene", Form::index},
        {"duration", Form::seconds, false},
        {"start", Form::seconds, false},
        {"end", Form::seconds, false}},
       std::mem_fn(&Editing::trim)},
      {"move", {{"scene", Form::index}, {"position", Form::index}}, std::mem_fn(&Editing::move)},
      {"reorder", {{"order", Form::list}}, std::mem_fn(&Editing::reorder)},
      {"delete", {{"scene", Form::index}}, std::mem_fn(&Editing::remove)},
      {"insert", {{"position", Form::index}, {"clip", Form::object}}, std::mem_fn(&Editing::insert)},
      {"set_text",
       {{"scene", Form::index}, {"index", Form::index, false}, {"text", Form::text_or_object}},
       std::mem_fn(&Editing::set_text)},
      {"set_speech",
       {{"scene", Form::index}, {"speech", Form::text_or_object}},
       std::mem_fn(&Editing::set_speech)},
      {"set_captions", {{"scene", Form::index}, {"captions", Form::any}}, in_scene("captions")},
      {"set_picture", {{"scene", Form::index}, {"picture", Form::object}}, in_scene("picture")},
      {"set_motion", {{"scene", Form::index}, {"motion", Form::any}}, in_scene("motion")},
      {"set_transition", {{"scene", Form::index}, {"transition", Form::any}}, in_scene("transition")},
      {"set_background", {{"scene", Form::index}, {"background", Form::any}}, in_scene("background")},
      {"set_music", {{"music", Form::any}}, in_film("music")},
      {"set_title", {{"title", Form::any}}, in_film("title")},
      {"set_output", {{"output", Form::object}}, std::mem_fn(&Editing::set_output)},
  };
  return kinds;
}

Editing::Editing(Json request, SpeechWish wish_of)
    : request_(std::move(request)), wish_of_(std::move(wish_of)), origins_(scenes().size()) {
  std::iota(origins_.begin(), origins_.end(), 0);
}

Error Editing::refuse(const std::string& field, const std::string& why) const {
  const std::string path = path_ + field;
  return {Code::invalid_request, path + ": " + why, path};
}

Result<void> Editing::apply(const Json& edit, std::size_t number) {
  path_ = "/edits/" + std::to_string(number);
  written_.clear();
  if (!edit.is_object()) return refuse("", found_text(edit) + " is not allowed: an edit is an object");
  std::vector<std::string> names;
  for (const Kind& kind : kinds()) names.push_back(kind.name);
  const auto given = edit.find("edit");
  if (given == edit.end() || !given->is_string())
    return refuse("/edit", "what is to be done is missing: one of " + list_of(names));
  const auto name = given->get<std::string>();
  const auto kind = std::ranges::find(kinds(), name, &Kind::name);
  if (kind == kinds().end() && kEffects.contains(name)) {
    return refuse("/edit", "this renderer has no effect \"" + name +
                               "\": a scene's look is its picture, motion, background, texts, captions and "
                               "transition; the edits are " +
                               list_of(names));
  }
  if (kind == kinds().end()) {
    return refuse("/edit",
                  "there is no edit \"" + name + "\": did you mean \"" + nearest_name(name, names) + "\"?");
  }
  REELD_TRY(check_fields(*kind, edit));
  return kind->apply(*this, edit);
}

Result<void> Editing::check_fields(const Kind& kind, const Json& edit) const {
  std::vector<std::string> names = {"edit"};
  for (const Field& field : kind.fields) {
    names.emplace_back(field.name);
    const auto value = edit.find(field.name);
    const std::string path = std::string("/") + field.name;
    if (value == edit.end()) {
      if (field.required) return refuse(path, std::string("is missing: ") + form_words(field.form));
    } else if (!has_form(*value, field.form)) {
      return refuse(path, found_text(*value) + " is not allowed: " + form_words(field.form));
    }
  }
  for (const auto& [name, value] : edit.items()) {
    if (std::ranges::find(names, name) != names.end()) continue;
    const std::string path = pointer_child(path_, name);
    return Error{Code::unknown_field,
                 path + ": no such field in the edit \"" + kind.name + "\": did you mean \"" +
                     nearest_name(name, names) + "\"?",
                 path};
  }
  return {};
}

Result<std::size_t> Editing::scene_of(const Json& edit) const {
  const auto scene = edit.at("scene").get<std::size_t>();
  const std::size_t count = origins_.size();
  if (scene < count) return scene;
  return refuse("/scene", std::to_string(scene) + " is not allowed: at this edit the film has " +
                              std::to_string(count) + " scenes, 0 to " + std::to_string(count - 1));
}

Result<std::size_t> Editing::position_of(const Json& edit, std::size_t most) const {
  const auto position = edit.at("position").get<std::size_t>();
  if (position <= most) return position;
  return refuse("/position", std::to_string(position) + " is not allowed: 0 to " + std::to_string(most));
}

void Editing::write(std::size_t scene, const char* name, const Json& value) {
  if (value.is_null()) {
    scenes()[scene].erase(name);
  } else {
    scenes()[scene][name] = value;
  }
  written_.push_back({scene_path(scene) + "/" + name, std::string("/") + name});
}

Result<void> Editing::trim(const Json& edit) {
  REELD_ASSIGN(const std::size_t scene, scene_of(edit));
  const bool whole = edit.contains("duration");
  if (whole && (edit.contains("start") || edit.contains("end")))
    return refuse("/duration", "start and end already say how long the scene is: leave one of them out");
  if (!whole && !edit.contains("start") && !edit.contains("end"))
    return refuse("/duration", "is missing: a trim has a duration, or start and end");
  const auto cut = cut_scene(scenes()[scene], edit.value("start", 0.0),
                             whole                  ? edit["duration"].get<double>()
                             : edit.contains("end") ? std::optional(edit["end"].get<double>())
                                                    : std::nullopt);
  if (!cut) return refuse(whole ? "/duration" : cut.error().path, cut.error().message);
  scenes()[scene] = *cut;
  written_.push_back({scene_path(scene) + "/duration", whole ? "/duration" : "/end"});
  return {};
}

// `order`: which scene of before comes where.
void Editing::take_order(const std::vector<std::size_t>& order) {
  Json ordered = Json::array();
  std::vector<int> origins;
  for (const std::size_t scene : order) {
    ordered.push_back(std::move(scenes()[scene]));
    origins.push_back(origins_[scene]);
  }
  scenes() = std::move(ordered);
  origins_ = std::move(origins);
  end_without_transition();
}

// A transition goes along with the scene that it leads out of; the last scene has none to go to.
void Editing::end_without_transition() {
  if (!scenes().empty()) scenes().back().erase("transition");
}

Result<void> Editing::move(const Json& edit) {
  REELD_ASSIGN(const std::size_t scene, scene_of(edit));
  REELD_ASSIGN(const std::size_t position, position_of(edit, origins_.size() - 1));
  std::vector<std::size_t> order(origins_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  order.erase(order.begin() + static_cast<std::ptrdiff_t>(scene));
  order.insert(order.begin() + static_cast<std::ptrdiff_t>(position), scene);
  take_order(order);
  return {};
}

Result<void> Editing::reorder(const Json& edit) {
  std::vector<std::size_t> order;
  std::set<std::size_t> seen;
  for (const Json& scene : edit.at("order")) {
    const std::string path = "/order/" + std::to_string(order.size());
    if (!has_form(scene, Form::index) || scene.get<std::size_t>() >= origins_.size()) {
      return refuse(path, found_text(scene) + " is not allowed: a scene's number, 0 to " +
                              std::to_string(origins_.size() - 1));
    }
    order.push_back(scene.get<std::size_t>());
    if (!seen.insert(order.back()).second)
      return refuse(path, "scene " + found_text(scene) + " is there twice");
  }
  if (order.size() != origins_.size()) {
    return refuse("/order", "it names " + std::to_string(order.size()) + " of " +
                                std::to_string(origins_.size()) +
                                " scenes: name each once, and take out scenes with the edit \"delete\"");
  }
  take_order(order);
  return {};
}

Result<void> Editing::remove(const Json& edit) {
  REELD_ASSIGN(const std::size_t scene, scene_of(edit));
  if (origins_.size() == 1) return refuse("/scene", "this is the last scene: a film has one at least");
  scenes().erase(scene);
  origins_.erase(origins_.begin() + static_cast<std::ptrdiff_t>(scene));
  end_without_transition();
  return {};
}

Result<void> Editing::insert(const Json& edit) {
  REELD_ASSIGN(const std::size_t position, position_of(edit, origins_.size()));
  scenes().insert(scenes().begin() + static_cast<std::ptrdiff_t>(position), edit.at("clip"));
  origins_.insert(origins_.begin() + static_cast<std::ptrdiff_t>(position), -1);
  written_.push_back({scene_path(position), "/clip"});
  return {};
}

// New words keep the text's place and style; an object is the whole text.
Result<void> Editing::set_text(const Json& edit) {
  REELD_ASSIGN(const std::size_t scene, scene_of(edit));
  Json texts = scenes()[scene].value("text", Json::array());
  const auto index = edit.value("index", std::size_t{0});
  const Json& text = edit.at("text");
  const bool is_new = index == texts.size() && !text.is_null();
  if (index >= texts.size() && !is_new) {
    return refuse("/index", std::to_string(index) + " is not allowed: scene " + std::to_string(scene) +
                                " has " + std::to_string(texts.size()) + " texts");
  }
  if (is_new) texts.push_back(Json::object());
  if (text.is_null()) {
    texts.erase(index);
  } else if (text.is_string()) {
    texts[index]["text"] = text;
  } else {
    texts[index] = text;
  }
  const std::string path = scene_path(scene) + "/text/" + std::to_string(index);
  write(scene, "text", texts.empty() ? Json() : texts);
  written_ = {{path + (text.is_string() ? "/text" : ""), "/text"}, {scene_path(scene) + "/text", "/text"}};
  return {};
}

Result<Json> Editing::without_words(std::size_t scene) {
  const Json before = scenes()[scene].value("speech", Json::object());
  if (!before.contains("file") && !before.contains("url") && !before.contains("asset")) return before;
  auto wish =
      before.contains("asset") && wish_of_ ? wish_of_(before["asset"].get<std::string>()) : std::nullopt;
  if (!wish) {
    return refuse("/speech", "the speech of scene " + std::to_string(scene) +
                                 " is a recording, which has no words to change: give an object with a text");
  }
  for (const char* place : {"volume_db", "delay"}) {
    if (before.contains(place)) (*wish)[place] = before[place];
  }
  return *std::move(wish);
}

// New words are said by the same voice; captions go with the speech that they show.
Result<void> Editing::set_speech(const Json& edit) {
  REELD_ASSIGN(const std::size_t scene, scene_of(edit));
  Json speech = edit.at("speech");
  if (speech.is_string()) {
    REELD_ASSIGN(speech, without_words(scene));
    speech["text"] = edit.at("speech");
  }
  write(scene, "speech", speech);
  if (speech.is_null()) scenes()[scene].erase("captions");
  if (edit.at("speech").is_string()) written_ = {{scene_path(scene) + "/speech/text", "/speech"}};
  return {};
}

Result<void> Editing::set_in_scene(const Json& edit, const char* name) {
  REELD_ASSIGN(const std::size_t scene, scene_of(edit));
  write(scene, name, edit.at(name));
  return {};
}

Result<void> Editing::set_in_film(const Json& edit, const char* name) {
  const Json& value = edit.at(name);
  if (value.is_null()) {
    request_.erase(name);
  } else {
    request_[name] = value;
  }
  written_.push_back({std::string("/") + name, std::string("/") + name});
  return {};
}

// Only the fields that it names; null brings back a default. One that says the shape anew takes the place of
// all that said it before.
Result<void> Editing::set_output(const Json& edit) {
  const Json& fields = edit.at("output");
  Json& output = request_["output"];
  if (output.is_null()) output = Json::object();
  const auto names = {"width", "height", "aspect"};
  if (std::ranges::any_of(names, [&](const char* name) { return fields.contains(name); })) {
    for (const char* name : names) output.erase(name);
  }
  output.merge_patch(fields);
  written_.push_back({"/output", "/output"});
  return {};
}

}  // namespace reeld::engine
