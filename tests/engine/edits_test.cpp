// The edit list, edit by edit: first what is wrong with it, then what it does.
#include "engine/edit/edits.hpp"

#include <catch2/catch.hpp>

#include "engine/edit/given_assets.hpp"

namespace reeld::engine {
namespace {

// Four scenes of 4 s; the second speaks, the third has two texts.
Json film() {
  return Json::parse(R"({"reeld": 1, "title": "Harbour", "output": {"width": 320, "height": 180, "fps": 25},
    "scenes": [
      {"picture": {"file": "a.jpg"}, "duration": 4, "motion": "auto",
       "transition": {"kind": "crossfade", "duration": 1}},
      {"picture": {"provider": "gemini", "prompt": "a boat"}, "duration": 4, "motion": "auto", "captions": true,
       "speech": {"text": "At dawn.", "voice": "en", "delay": 1}, "transition": {"kind": "cut"}},
      {"picture": {"file": "c.jpg"}, "duration": 4, "motion": {"move": "auto", "easing": "ease-in"},
       "text": [{"text": "Noon", "size": 40, "start": 1, "end": 2}, {"text": "Harbour", "start": 3}]},
      {"picture": {"provider": "gemini", "prompt": "a boat"}, "duration": 4, "motion": "zoom-in"}],
    "music": {"file": "tune.wav", "volume_db": -20}})");
}

Edited edited(const Json& edits) {
  const auto made = apply_edits(film(), edits);
  if (!made) FAIL(made.error().message);
  return *made;
}

Json scenes(const Json& edits) {
  return edited(edits).request.at("scenes");
}

std::string refusal(const Json& edits) {
  const auto made = apply_edits(film(), edits);
  if (made) return "nothing is wrong";
  CHECK(made.error().message.starts_with(made.error().path));
  return std::string(code_name(made.error().code)) + " " + made.error().message;
}

Json one(const std::string& edit) {
  return Json::array({Json::parse(edit)});
}

TEST_CASE("a list of edits that is none is refused", "[edits]") {
  CHECK(refusal("x") == "invalid_request /edits: a list of up to 1000 edits is needed");
  CHECK(refusal(Json(1001, Json::object())) ==
        "invalid_request /edits: a list of up to 1000 edits is needed");
  CHECK(refusal({1}) == "invalid_request /edits/0: 1 is not allowed: an edit is an object");
  CHECK(refusal(one("{}")).starts_with(
      "invalid_request /edits/0/edit: what is to be done is missing: one of "));
  CHECK(refusal(one(R"({"edit": 7})")).starts_with("invalid_request /edits/0/edit: what is to be done"));
  CHECK(refusal(one(R"({"edit": "trimm", "scene": 0})")) ==
        "invalid_request /edits/0/edit: there is no edit \"trimm\": did you mean \"trim\"?");
  CHECK(refusal(one(R"({"edit": "trim", "scene": 0, "duraton": 2})")) ==
        "unknown_field /edits/0/duraton: no such field in the edit \"trim\": did you mean \"duration\"?");
}

TEST_CASE("a request that is no film cannot be edited", "[edits]") {
  for (const Json& request : {Json(), Json(3), Json{{"reeld", 1}}, Json{{"reeld", 1}, {"scenes", "none"}}})
    CHECK_FALSE(apply_edits(request, Json::array()));
}

TEST_CASE("effects that the renderer has not are refused with what there is", "[edits]") {
  for (const char* name : {"set_color", "filter", "blur", "set_speed"}) {
    INFO(name);
    const std::string said = refusal(Json::array({{{"edit", name}, {"scene", 0}}}));
    CHECK(said.find("this renderer has no effect") != std::string::npos);
    CHECK(said.find("set_transition") != std::string::npos);
  }
}

TEST_CASE("a field of the wrong kind, a missing one and a scene that is not there are named", "[edits]") {
  CHECK(refusal(one(R"({"edit": "delete"})")) ==
        "invalid_request /edits/0/scene: is missing: a whole number from 0 on");
  for (const char* scene : {"-1", "1.5", "\"1\"", "null", "6000"}) {
    INFO(scene);
    CHECK(refusal(one(R"({"edit": "delete", "scene": )" + std::string(scene) + "}"))
              .find("/edits/0/scene: " + std::string(scene) + " is not allowed: a whole number") !=
          std::string::npos);
  }
  CHECK(refusal(Json::parse(R"([{"edit": "delete", "scene": 0}, {"edit": "delete", "scene": 3}])")) ==
        "invalid_request /edits/1/scene: 3 is not allowed: at this edit the film has 3 scenes, 0 to 2");
  CHECK(refusal(one(R"({"edit": "insert", "position": 5, "clip": {}})")) ==
        "invalid_request /edits/0/position: 5 is not allowed: 0 to 4");
  CHECK(refusal(one(R"({"edit": "set_picture", "scene": 0, "picture": "x.jpg"})")) ==
        "invalid_request /edits/0/picture: \"x.jpg\" is not allowed: an object");
  CHECK(refusal(one(R"({"edit": "set_text", "scene": 0, "text": 3})")) ==
        "invalid_request /edits/0/text: 3 is not allowed: a text, an object, or null");
  CHECK(refusal(one(R"({"edit": "trim", "scene": 0, "duration": -1})")) ==
        "invalid_request /edits/0/duration: -1 is not allowed: seconds, from 0 to 86400");
}

TEST_CASE("what breaks the request's rules is told in the edit's own words", "[edits]") {
  CHECK(refusal(one(R"({"edit": "set_motion", "scene": 2, "motion": "zoom"})"))
            .starts_with("invalid_request /edits/0/motion: "));
  CHECK(refusal(one(R"({"edit": "set_text", "scene": 2, "index": 1, "text": {"text": "x", "sice": 3}})")) ==
        "unknown_field /edits/0/text/sice: no such field here: did you mean \"size\"?");
  CHECK(refusal(one(R"({"edit": "set_text", "scene": 2, "text": ""})"))
            .starts_with("invalid_request /edits/0/text: "));
  CHECK(refusal(one(R"({"edit": "set_output", "output": {"crf": 99}})"))
            .starts_with("invalid_request /edits/0/output/crf: 99 is not allowed"));
  CHECK(refusal(one(R"({"edit": "set_transition", "scene": 3, "transition": {"kind": "cut"}})"))
            .starts_with("invalid_request /edits/0/transition: the last scene has no next scene"));
  CHECK(refusal(one(R"({"edit": "insert", "position": 4, "clip": {"picture": {"file": "n.jpg"}}})"))
            .starts_with("invalid_request /edits/0/clip/duration: "));
  CHECK(
      refusal(one(
          R"({"edit": "set_transition", "scene": 1, "transition": {"kind": "crossfade", "duration": 3.5}})")) ==
      "invalid_request /edits/0/transition/duration: scene 1 lasts 4.0 s, too short for its transitions: 1.0 "
      "s in "
      "and 3.5 s out");
  CHECK(refusal(one(R"({"edit": "trim", "scene": 0, "duration": 0.5})"))
            .starts_with(
                "invalid_request /edits/0: after it the film cannot be rendered: /scenes/0/transition"));
  CHECK(refusal(one(R"({"edit": "set_captions", "scene": 2, "captions": true})"))
            .starts_with("invalid_request /edits/0/captions: captions show what is said"));
}

TEST_CASE("the edit that broke the film is found among others, and one that a later edit mends is none",
          "[edits]") {
  const Json broken = Json::parse(R"([
    {"edit": "set_title", "title": "Two"},
    {"edit": "set_transition", "scene": 3, "transition": {"kind": "cut"}},
    {"edit": "set_title", "title": "Three"}, {"edit": "set_title", "title": "Four"}])");
  CHECK(refusal(broken).starts_with("invalid_request /edits/1/transition: "));
  Json mended = broken;
  mended.push_back({{"edit", "move"}, {"scene", 3}, {"position", 0}});
  CHECK(refusal(mended) == "nothing is wrong");
}

TEST_CASE("without an edit the film is the same", "[edits]") {
  const Edited same = edited(Json::array());
  CHECK(same.request == film());
  CHECK(same.origins == std::vector<int>{0, 1, 2, 3});
}

TEST_CASE("a trim gives a scene another length, and leaves out the texts beyond it", "[edits]") {
  CHECK(scenes(one(R"({"edit": "trim", "scene": 3, "duration": 2.5})"))[3]["duration"] == 2.5);
  CHECK(scenes(one(R"({"edit": "trim", "scene": 3, "duration": 9})"))[3]["duration"] == 9);
  const Json shorter = scenes(one(R"({"edit": "trim", "scene": 2, "end": 3})"))[2];
  CHECK(shorter["duration"] == 3);
  REQUIRE(shorter["text"].size() == 1);
  CHECK(shorter["text"][0]["text"] == "Noon");
  const Json later = scenes(one(R"({"edit": "trim", "scene": 2, "start": 1.5})"))[2];
  CHECK(later["duration"] == 2.5);
  CHECK(later["text"][0]["start"] == 0);
  CHECK(later["text"][0]["end"] == 0.5);
  CHECK(later["text"][1]["start"] == 1.5);
  const Json middle = scenes(one(R"({"edit": "trim", "scene": 2, "start": 2.1, "end": 2.9})"))[2];
  CHECK(middle["duration"] == 0.8);
  CHECK_FALSE(middle.contains("text"));
}

TEST_CASE("a trim keeps a speech at its moment, and cannot cut it at its beginning", "[edits]") {
  CHECK(scenes(one(R"({"edit": "trim", "scene": 1, "start": 0.75})"))[1]["speech"]["delay"] == 0.25);
  CHECK(refusal(one(R"({"edit": "trim", "scene": 1, "start": 1.5})"))
            .starts_with("invalid_request /edits/0/start: the speech begins at 1.0 s"));
}

TEST_CASE("a trim that says too little, too much or nothing is refused", "[edits]") {
  CHECK(refusal(one(R"({"edit": "trim", "scene": 0})"))
            .starts_with("invalid_request /edits/0/duration: is missing"));
  CHECK(refusal(one(R"({"edit": "trim", "scene": 0, "duration": 2, "end": 2})"))
            .starts_with("invalid_request /edits/0/duration: start and end already say"));
  CHECK(refusal(one(R"({"edit": "trim", "scene": 0, "start": 4})"))
            .starts_with("invalid_request /edits/0/start: nothing is left"));
  CHECK(refusal(one(R"({"edit": "trim", "scene": 0, "duration": 0})"))
            .starts_with("invalid_request /edits/0/duration: nothing is left"));
  Json spoken = film();
  spoken["scenes"][1]["duration"] = "speech";
  const auto cut = apply_edits(spoken, one(R"({"edit": "trim", "scene": 1, "start": 0.5})"));
  REQUIRE_FALSE(cut);
  CHECK(cut.error().path == "/edits/0/end");
  const auto ended = apply_edits(spoken, one(R"({"edit": "trim", "scene": 1, "end": 2.5})"));
  REQUIRE(ended);
  CHECK(ended->request["scenes"][1]["duration"] == 2.5);
}

TEST_CASE("scenes change places with the transitions that lead out of them", "[edits]") {
  const Edited moved = edited(one(R"({"edit": "move", "scene": 3, "position": 1})"));
  CHECK(moved.origins == std::vector<int>{0, 3, 1, 2});
  CHECK(moved.request["scenes"][0]["transition"]["kind"] == "crossfade");
  const Edited ordered = edited(one(R"({"edit": "reorder", "order": [3, 2, 1, 0]})"));
  CHECK(ordered.origins == std::vector<int>{3, 2, 1, 0});
  CHECK(ordered.request["scenes"][3]["picture"]["file"] == "a.jpg");
  CHECK_FALSE(ordered.request["scenes"][3].contains("transition"));
  const Edited last = edited(one(R"({"edit": "move", "scene": 0, "position": 3})"));
  CHECK(last.origins == std::vector<int>{1, 2, 3, 0});
}

TEST_CASE("an order that is none is refused", "[edits]") {
  CHECK(refusal(one(R"({"edit": "reorder", "order": [0, 1, 2]})"))
            .starts_with("invalid_request /edits/0/order: it names 3 of 4 scenes"));
  CHECK(refusal(one(R"({"edit": "reorder", "order": [0, 1, 1, 2]})")) ==
        "invalid_request /edits/0/order/2: scene 1 is there twice");
  CHECK(refusal(one(R"({"edit": "reorder", "order": [0, 1, 2, 4]})")) ==
        "invalid_request /edits/0/order/3: 4 is not allowed: a scene's number, 0 to 3");
  CHECK(refusal(one(R"({"edit": "move", "scene": 0, "position": 4})")) ==
        "invalid_request /edits/0/position: 4 is not allowed: 0 to 3");
}

TEST_CASE("an automatic motion stays with its scene wherever that goes", "[edits]") {
  const Json moved = scenes(one(R"({"edit": "reorder", "order": [2, 1, 0, 3]})"));
  CHECK(moved[0]["motion"] == Json::parse(R"({"move": "auto", "easing": "ease-in", "number": 2})"));
  CHECK(moved[1]["motion"] == "auto");
  CHECK(moved[2]["motion"] == Json::parse(R"({"move": "auto", "number": 0})"));
  CHECK(moved[3]["motion"] == "zoom-in");
  // Once more: a version of the version still has the first film's motions.
  Json version = edited(one(R"({"edit": "delete", "scene": 0})")).request;
  CHECK(version["scenes"][0]["motion"]["number"] == 1);
  const auto again = apply_edits(version, one(R"({"edit": "move", "scene": 0, "position": 2})"));
  REQUIRE(again);
  CHECK(again->request["scenes"][2]["motion"]["number"] == 1);
}

TEST_CASE("a scene goes, another comes, and one is always left", "[edits]") {
  const Edited shorter = edited(one(R"({"edit": "delete", "scene": 3})"));
  CHECK(shorter.origins == std::vector<int>{0, 1, 2});
  const Edited longer = edited(
      one(R"({"edit": "insert", "position": 1, "clip": {"picture": {"file": "n.jpg"}, "duration": 2}})"));
  CHECK(longer.origins == std::vector<int>{0, -1, 1, 2, 3});
  CHECK(longer.request["scenes"][1]["picture"]["file"] == "n.jpg");
  const Json all = Json(4, Json{{"edit", "delete"}, {"scene", 0}});
  CHECK(refusal(all) == "invalid_request /edits/3/scene: this is the last scene: a film has one at least");
}

TEST_CASE("a text gets new words, a new form, company, or goes", "[edits]") {
  const Json words = scenes(one(R"({"edit": "set_text", "scene": 2, "text": "Evening"})"))[2]["text"];
  CHECK(words[0] == Json::parse(R"({"text": "Evening", "size": 40, "start": 1, "end": 2})"));
  CHECK(words[1]["text"] == "Harbour");
  CHECK(scenes(one(R"({"edit": "set_text", "scene": 2, "index": 1, "text": {"text": "X"}})"))[2]["text"][1] ==
        Json::parse(R"({"text": "X"})"));
  CHECK(scenes(one(R"({"edit": "set_text", "scene": 2, "index": 2, "text": "More"})"))[2]["text"].size() ==
        3);
  CHECK(scenes(one(R"({"edit": "set_text", "scene": 0, "text": "First"})"))[0]["text"][0]["text"] == "First");
  CHECK(scenes(one(R"({"edit": "set_text", "scene": 2, "text": null})"))[2]["text"].size() == 1);
  CHECK(refusal(one(R"({"edit": "set_text", "scene": 2, "index": 3, "text": "Far"})")) ==
        "invalid_request /edits/0/index: 3 is not allowed: scene 2 has 2 texts");
  CHECK(refusal(one(R"({"edit": "set_text", "scene": 0, "text": null})")) ==
        "invalid_request /edits/0/index: 0 is not allowed: scene 0 has 0 texts");
}

TEST_CASE("a speech gets new words by the same voice, or goes with its captions", "[edits]") {
  const Json said = scenes(one(R"({"edit": "set_speech", "scene": 1, "speech": "At dusk."})"))[1];
  CHECK(said["speech"] == Json::parse(R"({"text": "At dusk.", "voice": "en", "delay": 1})"));
  const Json silent = scenes(one(R"({"edit": "set_speech", "scene": 1, "speech": null})"))[1];
  CHECK_FALSE(silent.contains("speech"));
  CHECK_FALSE(silent.contains("captions"));
  CHECK(scenes(
            one(R"({"edit": "set_speech", "scene": 0, "speech": {"file": "a.wav"}})"))[0]["speech"]["file"] ==
        "a.wav");
  Json recorded = film();
  recorded["scenes"][1]["speech"] = {{"file", "a.wav"}};
  recorded["scenes"][1].erase("captions");
  const auto words = apply_edits(recorded, one(R"({"edit": "set_speech", "scene": 1, "speech": "New."})"));
  REQUIRE_FALSE(words);
  CHECK(words.error().path == "/edits/0/speech");
}

TEST_CASE(
    "a speech in the record gets new words by the voice that said it, and one that nobody said gets none",
    "[edits]") {
  Json recorded = film();
  recorded["scenes"][1]["speech"] = {{"asset", "made"}, {"text", "Old."}, {"delay", 1}};
  const SpeechWish wish_of = [](const std::string& asset) {
    return asset == "made" ? std::optional<Json>({{"provider", "espeak-ng"}, {"voice", "de"}, {"speed", 1.5}})
                           : std::nullopt;
  };
  const Json edits = one(R"({"edit": "set_speech", "scene": 1, "speech": "New."})");
  CHECK(apply_edits(recorded, edits, wish_of)->request["scenes"][1]["speech"] ==
        Json({{"provider", "espeak-ng"}, {"voice", "de"}, {"speed", 1.5}, {"text", "New."}, {"delay", 1}}));
  recorded["scenes"][1]["speech"]["asset"] = "brought along";
  const auto refused = apply_edits(recorded, edits, wish_of);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message ==
        "/edits/0/speech: the speech of scene 1 is a recording, which has no words to change: give an object "
        "with a text");
}

TEST_CASE("picture, captions, motion, transition and background of a scene are set, or taken out by null",
          "[edits]") {
  CHECK(scenes(one(
            R"({"edit": "set_picture", "scene": 0, "picture": {"file": "n.jpg"}})"))[0]["picture"]["file"] ==
        "n.jpg");
  CHECK_FALSE(
      scenes(one(R"({"edit": "set_captions", "scene": 1, "captions": null})"))[1].contains("captions"));
  CHECK(scenes(one(
            R"({"edit": "set_captions", "scene": 1, "captions": {"size": 30}})"))[1]["captions"]["size"] ==
        30);
  CHECK(scenes(one(R"({"edit": "set_motion", "scene": 0, "motion": "pan-left"})"))[0]["motion"] ==
        "pan-left");
  CHECK_FALSE(scenes(one(R"({"edit": "set_motion", "scene": 0, "motion": null})"))[0].contains("motion"));
  CHECK(
      scenes(one(R"({"edit": "set_transition", "scene": 2, "transition": {"kind": "wipe", "duration": 2}})"))
          [2]["transition"]["kind"] == "wipe");
  CHECK_FALSE(
      scenes(one(R"({"edit": "set_transition", "scene": 0, "transition": null})"))[0].contains("transition"));
  CHECK(scenes(one(R"({"edit": "set_background", "scene": 0, "background": "#102030"})"))[0]["background"] ==
        "#102030");
}

TEST_CASE("music, title and output of the film are set", "[edits]") {
  CHECK(edited(one(R"({"edit": "set_music", "music": {"file": "b.wav"}})")).request["music"]["file"] ==
        "b.wav");
  CHECK_FALSE(edited(one(R"({"edit": "set_music", "music": null})")).request.contains("music"));
  CHECK(edited(one(R"({"edit": "set_title", "title": "New"})")).request["title"] == "New");
  const Json crf =
      edited(one(R"({"edit": "set_output", "output": {"crf": 30, "fps": null}})")).request["output"];
  CHECK(crf == Json::parse(R"({"width": 320, "height": 180, "crf": 30})"));
  const Json shape = edited(one(R"({"edit": "set_output", "output": {"aspect": "9:16"}})")).request["output"];
  CHECK(shape == Json::parse(R"({"fps": 25, "aspect": "9:16"})"));
}

TEST_CASE("the record tells clips with their places and times, transitions and motions", "[edits]") {
  const Json edits =
      one(R"({"edit": "insert", "position": 1, "clip": {"picture": {"file": "n.jpg"}, "duration": 2}})");
  const Json data = edit_data_of(edited(edits), edits);
  CHECK(data["edits"] == edits);
  CHECK(data["clips"][0] == Json::parse(R"({"id": "0", "position": 0, "start": 0.0, "end": 4.0})"));
  CHECK(data["clips"][1] == Json::parse(R"({"id": null, "position": 1, "start": 3.0, "end": 5.0})"));
  CHECK(data["clips"][2]["start"] == 5.0);
  CHECK(data["transitions"][0] == Json::parse(R"({"position": 0, "kind": "crossfade", "duration": 1})"));
  CHECK(data["effects"].size() == 4);
}

storage::Database::JobAsset asset(const std::string& id, const std::string& role, int scene) {
  storage::Database::JobAsset used;
  used.asset.id = id;
  used.role = role;
  used.scene = scene;
  return used;
}

std::map<std::string, std::string> given(const Json& edits) {
  const Edited version = edited(edits);
  const auto assets = given_assets(
      *parse_request(film()),
      {asset("a", "picture", 0), asset("b", "picture", 1), asset("b2", "picture_alternative", 1),
       asset("c", "picture", 2), asset("d", "picture", 3), asset("s", "speech", 1), asset("m", "music", -1)},
      *parse_request(version.request), version.origins);
  std::map<std::string, std::string> by_place;
  for (const auto& one : assets) by_place[one.role + std::to_string(one.scene)] = one.asset_id;
  return by_place;
}

TEST_CASE("a version is given what the film has for each of its wishes, scene by scene", "[edits]") {
  using Given = std::map<std::string, std::string>;
  const Given all = {{"picture0", "a"}, {"picture1", "b"}, {"picture2", "c"},
                     {"picture3", "d"}, {"speech1", "s"},  {"music-1", "m"}};
  CHECK(given(Json::array()) == all);
  // Scenes 1 and 3 have an equal wish, and keep the picture that each has.
  CHECK(given(one(R"({"edit": "reorder", "order": [3, 2, 1, 0]})")) == Given{{"picture0", "d"},
                                                                             {"picture1", "c"},
                                                                             {"picture2", "b"},
                                                                             {"picture3", "a"},
                                                                             {"speech2", "s"},
                                                                             {"music-1", "m"}});
  Given changed = all;
  changed.erase("picture0");
  CHECK(given(one(R"({"edit": "set_picture", "scene": 0, "picture": {"file": "n.jpg"}})")) == changed);
  changed = all;
  changed.erase("speech1");
  CHECK(given(one(R"({"edit": "set_speech", "scene": 1, "speech": "At dusk."})")) == changed);
  // How loud it is played is no other wish.
  CHECK(given(one(R"({"edit": "set_music", "music": {"file": "tune.wav", "volume_db": -6, "fade": 2}})")) ==
        all);
  CHECK(given(one(R"({"edit": "set_output", "output": {"width": 640, "height": 360}})")) == all);
}

}  // namespace
}  // namespace reeld::engine
