#include "engine/script/script.hpp"

#include "engine/script/style.hpp"
#include "tests/engine/script_fixture.hpp"

namespace reeld::test {
namespace {

using engine::Script;

Script script_of(const Brief& brief) {
  const auto script = engine::make_script(brief, {});
  REQUIRE(script);
  return *script;
}

Json request_of(const Json& changes) {
  const Brief brief = brief_with(changes);
  return engine::request_from_script(script_of(brief), brief);
}

const std::string kLong =
    "At dawn the boats leave the harbour, and the gulls go with them. By noon they are back. The nets are "
    "full. Everyone helps to "
    "carry the fish to the hall, where it is weighed and sold.\n\nGo! The town eats, sleeps, and mends its "
    "nets for tomorrow.";

TEST_CASE("the request of any brief is one that can be rendered") {
  for (const engine::Platform& platform : engine::platforms()) {
    for (const engine::Framework& framework : engine::frameworks()) {
      for (const engine::Tone& tone : engine::tones()) {
        const Json request = request_of({{"text", kLong},
                                         {"platform", platform.name},
                                         {"framework", framework.name},
                                         {"tone", tone.name},
                                         {"target_seconds", 20}});
        const auto parsed = engine::parse_request(request);
        INFO((parsed ? "" : parsed.error().message) << request.dump());
        REQUIRE(parsed);
        CHECK(parsed->scenes.size() == request["scenes"].size());
      }
    }
  }
}

TEST_CASE("every mood has a motion that a request may have") {
  for (const engine::Mood& mood : engine::moods()) {
    const Brief brief = brief_with();
    Script script = script_of(brief);
    for (auto& scene : script.scenes) scene.mood = mood.name;
    INFO(mood.name);
    CHECK(engine::parse_request(engine::request_from_script(script, brief)));
  }
}

TEST_CASE("scenes are as long as their speech, and crossfade within the silence between") {
  const Json request = request_of({{"text", kLong}, {"platform", "tiktok"}});
  const Json& scenes = request["scenes"];
  REQUIRE(scenes.size() > 1);
  for (const Json& scene : scenes) {
    CHECK(scene["duration"] == "speech");
    const bool last = &scene == &scenes.back();
    CHECK(scene.contains("transition") != last);
    // The crossfades into a scene and out of it have room even where nothing is said for long.
    if (!last) CHECK(2 * scene["transition"]["duration"].get<double>() <= scene["pad"].get<double>());
  }
  CHECK(request["output"]["aspect"] == "9:16");
}

TEST_CASE("a folder of pictures is searched by the scene's tags, unless it is gone through in order") {
  const Json scene = request_of({{"text", "The boats leave the harbour."}})["scenes"][0];
  CHECK(scene["picture"] == Json{{"provider", "folder"},
                                 {"folder", "/p"},
                                 {"pick", "tags"},
                                 {"otherwise", "order"},
                                 {"tags", {"boats", "leave", "harbour"}}});
  // Without a word to search by it is gone through in order.
  CHECK(request_of({{"text", "We are."}})["scenes"][0]["picture"] ==
        Json{{"provider", "folder"}, {"folder", "/p"}, {"pick", "order"}});
  CHECK(request_of({{"picture", {{"pick", "order"}}}})["scenes"][0]["picture"] ==
        Json{{"provider", "folder"}, {"folder", "/p"}, {"pick", "order"}});
}

TEST_CASE("a provider of pictures gets the scene's prompt beside the brief's own options") {
  const Json picture = request_of(
      {{"text", "The boats leave the harbour."},
       {"picture", {{"folder", nullptr}, {"provider", "gemini"}, {"style", "ink"}}}})["scenes"][0]["picture"];
  CHECK(picture == Json{{"provider", "gemini"}, {"style", "ink"}, {"prompt", "boats, leave, harbour"}});
}

TEST_CASE("speech is said in the brief's language") {
  const auto speech = [](const Json& changes) { return request_of(changes)["scenes"][0]["speech"]; };
  const std::string text = "The boats leave.";
  CHECK(speech({{"text", text}, {"language", "de-AT"}}) ==
        Json{{"provider", "espeak-ng"}, {"language", "de-AT"}, {"text", text}});
  CHECK(
      speech({{"text", text}, {"speech", {{"provider", "gemini"}, {"voice", "Kore"}, {"language", "fr"}}}}) ==
      Json{{"provider", "gemini"}, {"voice", "Kore"}, {"language", "fr"}, {"text", text}});
  CHECK(speech({{"text", text}, {"target_seconds", 60}})["speed"] == 0.85);
  CHECK(speech({{"text", text}, {"target_seconds", 60}, {"speech", {{"speed", 1.1}}}})["speed"] == 1.1);
}

TEST_CASE("captions stand over the picture unless the brief wants none") {
  CHECK(request_of({{"platform", "tiktok"}})["scenes"][0]["captions"]["margin"] == 0.15);
  CHECK_FALSE(request_of({{"captions", false}})["scenes"][0].contains("captions"));
}

TEST_CASE("another model may make the pictures where it may write the script") {
  CHECK(request_of({{"allow_fallback", true}})["allow_fallback"] == true);
}

TEST_CASE("a brief whose pictures or speech no request could have is refused before anybody writes") {
  FakeWriter writer({draft_json(4, 5).dump()});
  engine::ScriptTools tools;
  tools.writer = &writer;
  const auto error = [&](const Json& changes) {
    const auto script = engine::make_script(topic_with(changes), tools);
    REQUIRE_FALSE(script);
    return script.error();
  };
  const Error picture = error({{"picture", {{"folder", nullptr}, {"provider", "gemini"}, {"stile", "ink"}}}});
  CHECK(picture.code == Code::unknown_field);
  CHECK(picture.path == "/picture/stile");
  CHECK(picture.message.starts_with("/picture/stile: no such field here: did you mean \"style\"?"));
  CHECK(error({{"picture", {{"pick", "luck"}}}}).path == "/picture/pick");
  CHECK(error({{"speech", {{"speed", 9}}}}).path == "/speech/speed");
  CHECK(writer.wishes.empty());
}

TEST_CASE("what a writer wrote becomes a request as well") {
  FakeWriter writer({draft_json(4, 5).dump()});
  const Brief brief = topic_with({{"picture", {{"folder", nullptr}, {"provider", "gemini"}}}});
  engine::ScriptTools tools;
  tools.writer = &writer;
  const auto script = engine::make_script(brief, tools);
  REQUIRE(script);
  const Json request = engine::request_from_script(*script, brief);
  CHECK(engine::parse_request(request));
  CHECK(request["title"] == "Boats");
  CHECK(request["scenes"][1]["picture"]["prompt"] == "A red boat in the harbour, morning light");
  const Json json = engine::to_json(*script);
  CHECK(json["origin"] == "fake/model-1");
  CHECK(json["conversation"].size() == 1);
  CHECK(json["provenance"]["cost_usd"] == 0.25);
  CHECK(engine::to_json(script_of(brief_with()))["provenance"].is_null());
}

}  // namespace
}  // namespace reeld::test
