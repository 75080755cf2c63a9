// Films of a project's scenes: what is shown, said and written, and what is refused.
#include <catch2/catch.hpp>

#include "engine/project/film.hpp"

namespace reeld::engine {
namespace {

FilmScene said(const std::string& text) {
  FilmScene scene;
  scene.text = text;
  return scene;
}

FilmSource harbour() {
  FilmSource source;
  source.title = "Harbour";
  source.picture = {{"folder", "/p"}};
  source.speech = {{"provider", "espeak-ng"}};
  source.language = "en";
  source.scenes = {said("The boats leave the harbour."), said("The gulls follow.")};
  return source;
}

Film film(const FilmSource& source, const Json& options = Json::object()) {
  auto made = film_of(source, options);
  INFO((made ? "" : made.error().path + " " + made.error().message));
  REQUIRE(made);
  return *std::move(made);
}

Error refused(const FilmSource& source, const Json& options = Json::object()) {
  const auto made = film_of(source, options);
  REQUIRE_FALSE(made);
  return made.error();
}

TEST_CASE("an option that is unknown or wrong is refused at its own path", "[film]") {
  CHECK(refused(harbour(), {{"outptu", 1}}).code == Code::unknown_field);
  CHECK(refused(harbour(), {{"outptu", 1}}).path == "/options/outptu");
  CHECK(refused(harbour(), {{"outptu", 1}}).message.find("\"output\"") != std::string::npos);
  struct Case {
    Json options;
    std::string path;
  };
  const Case cases[] = {
      {{{"output", {{"crf", 99}}}}, "/options/output/crf"},
      {{{"output", 5}}, "/options/output"},
      {{{"motion", "spin"}}, "/options/motion"},
      {{{"transition", {{"kind", "melt"}}}}, "/options/transition/kind"},
      {{{"captions", {{"size", 0}}}}, "/options/captions/size"},
      {{{"picture", "sea.jpg"}}, "/options/picture"},
      {{{"picture", {{"provider", "p"}, {"prompt", "a"}}}}, "/options/picture/prompt"},
      {{{"picture", {{"provider", "p"}, {"modell", "a"}}}}, "/options/picture/modell"},
      {{{"speech", {{"text", "a"}}}}, "/options/speech/text"},
      {{{"speech", {{"speed", 9}}}}, "/options/speech/speed"},
      {{{"speech", true}}, "/options/speech"},
      {{{"music", {{"file", ""}}}}, "/options/music/file"},
      {{{"budget_usd", -1}}, "/options/budget_usd"},
  };
  for (const Case& bad : cases) {
    INFO(bad.options.dump());
    const Error error = refused(harbour(), bad.options);
    CHECK(error.path == bad.path);
    CHECK(error.message.starts_with(bad.path));
  }
}

TEST_CASE("a scene without a picture, or without a word to make one of, is refused with its number",
          "[film]") {
  FilmSource source = harbour();
  source.picture = nullptr;
  source.scenes[0].picture = "some-asset";
  const Error none = refused(source);
  CHECK(none.code == Code::invalid_state);
  CHECK(none.path == "/scenes/1/picture");
  CHECK(none.message.find("scene 2 has no picture") == 0);
  source.scenes[1] = said("");
  const Error empty = refused(source, {{"picture", {{"provider", "p"}}}});
  CHECK(empty.code == Code::invalid_state);
  CHECK(empty.path == "/scenes/1/picture");
}

TEST_CASE("scenes are shown, said and captioned as their source says", "[film]") {
  FilmSource source = harbour();
  source.scenes[0].mood = "calm";
  source.scenes[1].picture_prompt = "gulls over the sea";
  source.platform = "TikTok";
  const Json request = film(source).request;
  CHECK(request.at("title") == "Harbour");
  CHECK(request.at("output") == Json{{"aspect", "9:16"}});
  const Json& first = request.at("scenes").at(0);
  CHECK(first.at("picture").at("folder") == "/p");
  CHECK(first.at("picture").at("tags") == Json{"boats", "leave", "harbour"});
  CHECK(first.at("speech").at("text") == "The boats leave the harbour.");
  CHECK(first.at("speech").at("language") == "en");
  CHECK(first.at("duration") == "speech");
  CHECK(first.at("motion") == mood_of("calm").motion);
  CHECK(first.at("captions").at("box") == true);
  CHECK(first.at("transition").at("kind") == "crossfade");
  CHECK_FALSE(request.at("scenes").at(1).contains("transition"));
  const Json made = film(source, {{"picture", {{"provider", "painter"}, {"style", "ink"}}}}).request;
  CHECK(made.at("scenes").at(0).at("picture") ==
        Json{{"provider", "painter"}, {"style", "ink"}, {"prompt", "The boats leave the harbour."}});
  CHECK(made.at("scenes").at(1).at("picture").at("prompt") == "gulls over the sea");
}

TEST_CASE("assets stand before what would be made", "[film]") {
  FilmSource source = harbour();
  source.scenes[0].picture = "picture-1";
  source.scenes[0].speech = "speech-1";
  const Json scene = film(source).request.at("scenes").at(0);
  CHECK(scene.at("picture") == Json{{"asset", "picture-1"}});
  CHECK(scene.at("speech") == Json{{"asset", "speech-1"}, {"text", "The boats leave the harbour."}});
  CHECK(scene.contains("captions"));
  source.scenes[0].text = "";
  const Json wordless = film(source).request.at("scenes").at(0);
  CHECK(wordless.at("speech") == Json{{"asset", "speech-1"}});
  CHECK_FALSE(wordless.contains("captions"));
}

TEST_CASE("where nobody speaks the text stands over the picture, for the scene's own length", "[film]") {
  FilmSource source = harbour();
  source.scenes[0].duration_seconds = 2.5;
  const Json scenes = film(source, {{"speech", false}}).request.at("scenes");
  CHECK(scenes[0].at("duration") == 2.5);
  CHECK(scenes[1].at("duration") == 6.0);
  CHECK_FALSE(scenes[0].contains("speech"));
  CHECK_FALSE(scenes[0].contains("captions"));
  CHECK(scenes[0].at("text").at(0).at("text") == "The boats leave the harbour.");
  const Film mute = film(source, {{"speech", false}, {"captions", false}});
  CHECK_FALSE(mute.request.at("scenes")[0].contains("text"));
  REQUIRE(mute.warnings.size() == 2);
  CHECK(mute.warnings[1].at("path") == "/scenes/1/text");
}

TEST_CASE("options reach the whole film and all of its scenes", "[film]") {
  const Json options = {{"output", {{"width", 320}, {"height", 180}}},
                        {"motion", "none"},
                        {"transition", {{"kind", "cut"}}},
                        {"captions", false},
                        {"speech", {{"voice", "de"}}},
                        {"music", {{"file", "tune.wav"}}},
                        {"style", {{"prompt", "ink"}}},
                        {"seed", 7},
                        {"allow_fallback", true},
                        {"budget_usd", 1.5},
                        {"loudness_lufs", -20}};
  const Json request = film(harbour(), options).request;
  for (const char* name :
       {"output", "music", "style", "seed", "allow_fallback", "budget_usd", "loudness_lufs"})
    CHECK(request.at(name) == options.at(name));
  const Json& scene = request.at("scenes").at(0);
  CHECK(scene.at("motion") == "none");
  CHECK(scene.at("transition") == options.at("transition"));
  CHECK(scene.at("speech").at("voice") == "de");
  CHECK_FALSE(scene.contains("captions"));
  CHECK(film(harbour(), {{"output", {{"fps", 24}}}}).request.at("output") ==
        Json{{"fps", 24}, {"aspect", "16:9"}});
}

}  // namespace
}  // namespace reeld::engine
