#include "engine/edit/edits.hpp"

#include <cmath>

#include "engine/edit/editing.hpp"

namespace reeld::engine {
namespace {

std::int64_t micros(double seconds) {
  return std::llround(seconds * 1e6);
}

// Where scenes say their lengths themselves; where a speech does, the plan finds out.
Result<void> check_overlaps(const Request& request) {
  std::int64_t incoming = 0;
  for (std::size_t i = 0; i < request.scenes.size(); ++i) {
    const SceneSpec& scene = request.scenes[i];
    const std::int64_t outgoing = scene.transition ? micros(scene.transition->duration) : 0;
    if (scene.duration && incoming + outgoing > micros(*scene.duration)) {
      const std::string path =
          "/scenes/" + std::to_string(outgoing > 0 || i == 0 ? i : i - 1) + "/transition/duration";
      const auto text = [](std::int64_t us) { return Json(static_cast<double>(us) / 1e6).dump() + " s"; };
      return Error{Code::invalid_request,
                   path + ": scene " + std::to_string(i) + " lasts " + text(micros(*scene.duration)) +
                       ", too short for its transitions: " + text(incoming) + " in and " + text(outgoing) +
                       " out",
                   path};
    }
    incoming = outgoing;
  }
  return {};
}

Result<void> check(const Json& request) {
  REELD_ASSIGN(const Request parsed, parse_request(request));
  return check_overlaps(parsed);
}

Result<Editing> after(const Json& request, const Json& edits, const SpeechWish& wish_of, std::size_t count) {
  Editing editing(request, wish_of);
  for (std::size_t i = 0; i < count; ++i) REELD_TRY(editing.apply(edits[i], i));
  return editing;
}

// The request's field in words of the edit that wrote it.
Error in_words_of(const Editing& editing, std::size_t number, const Error& error) {
  const std::string edit = "/edits/" + std::to_string(number);
  for (const Editing::Written& written : editing.written()) {
    if (!error.path.starts_with(written.request_path)) continue;
    const std::string path = edit + written.field + error.path.substr(written.request_path.size());
    const std::string said = error.path + ": ";
    const std::string why =
        error.message.starts_with(said) ? error.message.substr(said.size()) : error.message;
    return {error.code, path + ": " + why, path};
  }
  return {error.code, edit + ": after it the film cannot be rendered: " + error.message, edit};
}

// An edit before which the request is right and after which it is wrong. Later edits may mend what an earlier
// one broke, so there can be several; halving finds one, and soon.
Error blamed(const Json& request, const Json& edits, const SpeechWish& wish_of) {
  std::size_t right = 0, wrong = edits.size();
  if (auto unedited = check(request); !unedited) return unedited.error();
  while (wrong - right > 1) {
    const std::size_t middle = (right + wrong) / 2;
    (check(after(request, edits, wish_of, middle)->request()) ? right : wrong) = middle;
  }
  const Editing broken = *after(request, edits, wish_of, wrong);
  return in_words_of(broken, wrong - 1, check(broken.request()).error());
}

bool moves_by_itself(const Json& scene) {
  const auto motion = scene.find("motion");
  if (motion == scene.end()) return false;
  return *motion == "auto" ||
         (motion->is_object() && motion->value("move", "") == "auto" && !motion->contains("number"));
}

// "auto" chooses by the scene's number: one that changed its place keeps the motion that it had.
void keep_motions(Edited& edited) {
  for (std::size_t i = 0; i < edited.origins.size(); ++i) {
    const int origin = edited.origins[i];
    Json& scene = edited.request["scenes"][i];
    if (origin < 0 || origin == static_cast<int>(i) || !moves_by_itself(scene)) continue;
    if (scene["motion"].is_string()) scene["motion"] = Json{{"move", "auto"}};
    scene["motion"]["number"] = origin;
  }
}

}  // namespace

Result<Edited> apply_edits(const Json& request, const Json& edits, const SpeechWish& wish_of) {
  if (!edits.is_array() || edits.size() > kMaxEdits) {
    return Error{Code::invalid_request,
                 "/edits: a list of up to " + std::to_string(kMaxEdits) + " edits is needed", "/edits"};
  }
  if (auto parsed = parse_request(request); !parsed) return parsed.error();
  REELD_ASSIGN(const Editing editing, after(request, edits, wish_of, edits.size()));
  Edited edited{editing.request(), editing.origins()};
  keep_motions(edited);
  if (!check(edited.request)) return blamed(request, edits, wish_of);
  return edited;
}

Json edit_data_of(const Edited& edited, const Json& edits) {
  Json data = {
      {"edits", edits}, {"clips", Json::array()}, {"transitions", Json::array()}, {"effects", Json::array()}};
  std::optional<double> start = 0;
  for (std::size_t i = 0; i < edited.origins.size(); ++i) {
    const Json& scene = edited.request["scenes"][i];
    const Json id = edited.origins[i] < 0 ? Json(nullptr) : Json(std::to_string(edited.origins[i]));
    const bool timed = start && scene.at("duration").is_number();
    const std::optional<double> end =
        timed ? std::optional(*start + scene["duration"].get<double>()) : std::nullopt;
    data["clips"].push_back({{"id", id},
                             {"position", i},
                             {"start", start ? Json(*start) : Json(nullptr)},
                             {"end", end ? Json(*end) : Json(nullptr)}});
    if (scene.contains("motion"))
      data["effects"].push_back({{"position", i}, {"kind", "motion"}, {"motion", scene["motion"]}});
    start = end;
    if (!scene.contains("transition")) continue;
    Json transition = scene["transition"];
    if (transition["kind"] != "cut" && !transition.contains("duration")) transition["duration"] = 1.0;
    if (start) *start -= transition.value("duration", 0.0);
    transition["position"] = i;
    data["transitions"].push_back(std::move(transition));
  }
  return data;
}

}  // namespace reeld::engine
