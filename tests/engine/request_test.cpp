// Requests: what is accepted, what is refused and in which words, and that nothing makes the parser throw.
#include <catch2/catch.hpp>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>

#include "base/nearest.hpp"
#include "engine/request.hpp"

using reeld::Code;
using reeld::Rational;
using reeld::engine::Easing;
using reeld::engine::Fit;
using reeld::engine::Json;
using reeld::engine::parse_request;

namespace {

Json example() {
  return Json::parse(R"({"reeld": 1,
    "output": {"width": 1920, "height": 1080, "fps": 30, "codec": "h264", "encoder": "auto", "preset": "veryfast", "crf": 23},
    "scenes": [
      {"picture": {"file": "harbour.jpg"}, "duration": 5,
       "motion": {"from": {"x": 0, "y": 0, "w": 1, "h": 1}, "to": {"x": 0.1, "y": 0.05, "w": 0.85, "h": 0.85}, "easing": "linear"},
       "text": [{"text": "The harbour", "position": "bottom", "size": 54, "outline": true, "shadow": {"blur": 3}}],
       "speech": {"text": "At dawn the boats go out.", "provider": "espeak-ng"},
       "transition": {"kind": "crossfade", "duration": 1}},
      {"picture": {"file": "hills.jpg"}, "duration": "speech", "motion": "auto", "speech": {"file": "v.wav"}}],
    "music": {"file": "tune.wav", "volume_db": -18, "duck_db": -8, "fade": 2}})");
}

Json with(const char* path, const Json& value) {
  Json json = example();
  json[Json::json_pointer(path)] = value;
  return json;
}

std::string slurp(const std::string& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

void collect_names(const Json& schema, std::vector<std::string>& names) {
  if (!schema.is_structured()) return;
  if (schema.is_object() && schema.contains("properties")) {
    for (const auto& [name, unused] : schema["properties"].items()) names.push_back(name);
  }
  for (const Json& child : schema) collect_names(child, names);
}

}  // namespace

TEST_CASE("the example becomes typed values", "[request]") {
  const auto request = parse_request(example());
  INFO((request ? "" : request.error().message));
  REQUIRE(request);
  REQUIRE(request->scenes.size() == 2);
  CHECK(request->scenes[0].duration == 5.0);
  CHECK(request->scenes[0].motion.move == "rects");
  CHECK(request->scenes[0].motion.to.w == 0.85);
  CHECK(request->scenes[0].text[0].outline->width == 3);
  CHECK(request->scenes[0].text[0].shadow->blur == 3);
  CHECK_FALSE(request->scenes[0].text[0].box);
  CHECK(request->scenes[0].speech->provider == "espeak-ng");
  CHECK(request->scenes[0].picture.params["file"] == "harbour.jpg");
  CHECK_FALSE(request->scenes[1].duration);
  CHECK(request->scenes[1].speech->provider == "file");
  CHECK(request->scenes[1].motion.move == "auto");
  CHECK(request->music->fade_in == 2);
  CHECK(request->music->fade_out == 2);
  CHECK(request->loudness_lufs == -14);
}

TEST_CASE("errors name the field, the value and what is allowed", "[request]") {
  struct Case {
    const char* at;
    Json value;
    Code code;
    const char* path;
    const char* words;
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Case> cases = {
      {"/scenes/0/duration", -1, Code::invalid_request, "/scenes/0/duration",
       "/scenes/0/duration: -1 is not allowed: seconds greater than 0 and at most 86400, or \"speech\""},
      {"/scenes/0/duration", "spech", Code::invalid_request, "/scenes/0/duration", "or \"speech\""},
      {"/scenes/0/duration", nan, Code::invalid_request, "/scenes/0/duration", "NaN is not allowed"},
      {"/scenes/0/durration", 5, Code::unknown_field, "/scenes/0/durration", "did you mean \"duration\"?"},
      {"/scenes/0/picture/fiel", "a", Code::unknown_field, "/scenes/0/picture/fiel", "\"file\"?"},
      {"/scenes/0/motion/esing", "a", Code::unknown_field, "/scenes/0/motion/esing", "\"easing\"?"},
      {"/scenes/0/text/0/shadow/blr", 1, Code::unknown_field, "/scenes/0/text/0/shadow/blr", "\"blur\"?"},
      {"/scenes/0/a~1b~0", 1, Code::unknown_field, "/scenes/0/a~1b~0", "did you mean"},
      {"/scenes", Json::array(), Code::invalid_request, "/scenes", "at least 1"},
      {"/scenes/0/picture", Json::object(), Code::invalid_request, "/scenes/0/picture/file", "is missing"},
      {"/scenes/0/picture", "a.jpg", Code::invalid_request, "/scenes/0/picture", "an object"},
      {"/output/codec", "h265", Code::invalid_request, "/output/codec", "\"h264\", \"hevc\", or \"av1\""},
      {"/output/width", 1921, Code::invalid_request, "/output/width", "even"},
      {"/output/width", 8194, Code::invalid_request, "/output/width", "at most 8192"},
      {"/output/aspect", "1:1", Code::invalid_request, "/output/aspect", "leave one"},
      {"/output/fps", 0.5, Code::invalid_request, "/output/fps", "at least 1"},
      {"/output/fps", "30/0", Code::invalid_request, "/output/fps", "1 to 120"},
      {"/output/crf", 60, Code::invalid_request, "/output/crf", "0 to 51"},
      {"/output/bit_depth", 12, Code::invalid_request, "/output/bit_depth", "8, or 10"},
      {"/output/bit_depth", "10", Code::invalid_request, "/output/bit_depth", "8, or 10"},
      {"/output/target",
       {{"metric", "ssim"}, {"at_least", 0.97}},
       Code::invalid_request,
       "/output/target",
       "leave one of the two out"},
      {"/output/target", "ssim >= 0.97", Code::invalid_request, "/output/target", "an object"},
      {"/output/target",
       {{"metric", "vmaf"}, {"at_least", 1}},
       Code::invalid_request,
       "/output/target/metric",
       "\"ms_ssim\""},
      {"/output/target",
       {{"metric", "ssim"}},
       Code::invalid_request,
       "/output/target/at_least",
       "is missing"},
      {"/output/target",
       {{"metric", "psnr"}, {"at_least", 101}},
       Code::invalid_request,
       "/output/target/at_least",
       "at most 100"},
      {"/output/target",
       {{"metric", "ssim"}, {"at_least", 0.9}, {"at_most", 1}},
       Code::unknown_field,
       "/output/target/at_most",
       "did you mean"},
      {"/output/background", "red", Code::invalid_request, "/output/background", "#rrggbb"},
      {"/scenes/0/text/0/end", 0, Code::invalid_request, "/scenes/0/text/0/end", "greater than start"},
      {"/scenes/0/text/0/x", 0.5, Code::invalid_request, "/scenes/0/text/0/y", "go together"},
      {"/scenes/0/motion/to/x", 0.5, Code::invalid_request, "/scenes/0/motion/to", "inside the picture"},
      {"/scenes/0/motion/to/w", 0, Code::invalid_request, "/scenes/0/motion/to/w", "greater than 0"},
      {"/scenes/0/motion", "zoom", Code::invalid_request, "/scenes/0/motion", "\"zoom-in\""},
      {"/scenes/0/transition/kind", "cut", Code::invalid_request, "/scenes/0/transition/duration", "cut"},
      {"/scenes/1/transition",
       {{"kind", "wipe"}},
       Code::invalid_request,
       "/scenes/1/transition",
       "last scene"},
      {"/scenes/0/speech/volume", 1, Code::unknown_field, "/scenes/0/speech/volume", "\"volume_db\"?"},
      {"/title", Json::binary({1, 2}), Code::invalid_request, "/title", "binary"},
      {"/title", "\xff", Code::invalid_request, "/title", "UTF-8"},
      {"/reeld", 2, Code::unsupported_version, "/reeld", "2 is not spoken"},
  };
  for (const Case& c : cases) {
    const auto request = parse_request(with(c.at, c.value));
    INFO(c.at << " " << c.path);
    REQUIRE_FALSE(request);
    INFO(request.error().message);
    CHECK(request.error().code == c.code);
    CHECK(request.error().path == c.path);
    CHECK(request.error().message.find(c.words) != std::string::npos);
  }
}

TEST_CASE("a target is within what its metric can be, for frames that have it", "[request]") {
  const auto asked = [](const Json& target, int width) {
    Json json = example();
    json["output"] = {{"width", width}, {"target", target}};
    return parse_request(json);
  };
  for (const char* metric : {"ssim", "ms_ssim"}) {
    const auto two = asked({{"metric", metric}, {"at_least", 2}}, 1920);
    REQUIRE_FALSE(two);
    CHECK(two.error().path == "/output/target/at_least");
    CHECK(two.error().message.find("0 to 1") != std::string::npos);
  }
  const auto small = asked({{"metric", "ms_ssim"}, {"at_least", 0.9}}, 256);  // 256x144
  REQUIRE_FALSE(small);
  CHECK(small.error().path == "/output/target/metric");
  CHECK(small.error().message.find("choose ssim") != std::string::npos);
  CHECK(asked({{"metric", "ssim"}, {"at_least", 0.9}}, 256));
  const auto psnr = asked({{"metric", "psnr"}, {"at_least", 42.5}}, 1920);
  REQUIRE(psnr);
  REQUIRE(psnr->target);
  CHECK(psnr->target->metric == "psnr");
  CHECK(psnr->target->at_least == 42.5);
  CHECK_FALSE(parse_request(example())->target);
}

TEST_CASE("what the version and the scene lack is said", "[request]") {
  Json json = example();
  json.erase("reeld");
  CHECK(parse_request(json).error().code == Code::unsupported_version);
  json = example();
  json["scenes"][1].erase("speech");
  CHECK(parse_request(json).error().path == "/scenes/1/duration");
  json = example();
  json["scenes"][1].erase("duration");
  CHECK(parse_request(json).error().message ==
        "/scenes/1/duration: is missing: needs seconds greater than 0 and at most 86400, or \"speech\"");
  CHECK_FALSE(parse_request(Json(5)));
  CHECK_FALSE(parse_request(Json()));
}

TEST_CASE("frame rates are exact", "[request]") {
  const auto rate = [](const Json& fps) { return parse_request(with("/output/fps", fps))->output.fps; };
  CHECK(rate(30) == Rational{30, 1});
  CHECK(rate(25.0) == Rational{25, 1});
  CHECK(rate(12.5) == Rational{25, 2});
  CHECK(rate(23.976) == Rational{24000, 1001});
  CHECK(rate(29.97) == Rational{30000, 1001});
  CHECK(rate(59.94) == Rational{60000, 1001});
  CHECK(rate("30000/1001") == Rational{30000, 1001});
  CHECK(rate("60/2") == Rational{30, 1});
}

TEST_CASE("sizes come from width, height and aspect", "[request]") {
  const auto size = [](const Json& output) {
    const auto request = parse_request(with("/output", output));
    return std::pair{request->output.width, request->output.height};
  };
  CHECK(size(Json::object()) == std::pair{1920, 1080});
  CHECK(size({{"aspect", "9:16"}}) == std::pair{1080, 1920});
  CHECK(size({{"aspect", "1:1"}}) == std::pair{1080, 1080});
  CHECK(size({{"aspect", "4:5"}}) == std::pair{1080, 1350});
  CHECK(size({{"aspect", "16:9"}, {"height", 720}}) == std::pair{1280, 720});
  CHECK(size({{"aspect", "9:16"}, {"width", 720}}) == std::pair{720, 1280});
  CHECK(size({{"height", 480}}) == std::pair{854, 480});  // 853.33 to the nearest even number
}

TEST_CASE("a picture is a file, an address, one of a folder, or what a provider makes of a prompt",
          "[request]") {
  const auto provider = [](const Json& picture) {
    const auto request = parse_request(with("/scenes/0/picture", picture));
    return request ? request->scenes[0].picture.provider : request.error().message;
  };
  CHECK(provider({{"file", "a.jpg"}}) == "file");
  CHECK(provider({{"url", "https://example.org/a.jpg"}}) == "url");
  CHECK(provider({{"folder", "pictures"}, {"pick", "tags"}, {"tags", {"sea"}}}) == "folder");
  CHECK(provider({{"provider", "gemini"}, {"prompt", "a boat"}, {"options", {{"steps", 20}}}}) == "gemini");
}

TEST_CASE("what is in the record already is named by its asset", "[request]") {
  Json json = example();
  json["scenes"][0]["picture"] = {{"asset", "01a1"}};
  json["scenes"][0]["speech"] = {{"asset", "01a2"}, {"text", "The boats leave."}, {"delay", 0.5}};
  json["scenes"][0]["captions"] = true;
  json["music"] = {{"provider", "asset"}, {"asset", "01a3"}, {"fade", 1}};
  const auto request = parse_request(json);
  INFO((request ? "" : request.error().message));
  REQUIRE(request);
  CHECK(request->scenes[0].picture.provider == "asset");
  CHECK(request->scenes[0].speech->provider == "asset");
  CHECK(request->scenes[0].speech->delay == 0.5);
  CHECK(request->music->provider == "asset");
  CHECK(request->music->fade_out == 1);

  struct Case {
    const char* at;
    Json value;
    Code code;
    const char* path;
  };
  const Case cases[] = {
      {"/scenes/0/picture", {{"asset", ""}}, Code::invalid_request, "/scenes/0/picture/asset"},
      {"/scenes/0/picture", {{"provider", "asset"}}, Code::invalid_request, "/scenes/0/picture/asset"},
      {"/scenes/0/picture", {{"asset", "a"}, {"file", "b"}}, Code::unknown_field, "/scenes/0/picture/file"},
      {"/scenes/0/speech", {{"asset", "a"}, {"voice", "de"}}, Code::unknown_field, "/scenes/0/speech/voice"},
      {"/music", {{"asset", 7}}, Code::invalid_request, "/music/asset"},
  };
  for (const Case& c : cases) {
    const auto bad = parse_request(with(c.at, c.value));
    INFO(c.at << " " << c.value.dump());
    REQUIRE_FALSE(bad);
    CHECK(bad.error().code == c.code);
    CHECK(bad.error().path == c.path);
  }
  json["scenes"][0]["speech"].erase("text");
  CHECK(parse_request(json).error().path == "/scenes/0/captions");
}

TEST_CASE("a generated picture's wrong fields are named", "[request]") {
  const auto path = [](Json picture) {
    picture["provider"] = "gemini";
    const auto request = parse_request(with("/scenes/0/picture", picture));
    return request ? "" : request.error().path;
  };
  CHECK(path({{"prompt", {{"a", 1}}}}) == "/scenes/0/picture/prompt");
  CHECK(path(Json::object()) == "/scenes/0/picture/prompt");
  CHECK(path({{"prompt", "a"}, {"promt", "b"}}) == "/scenes/0/picture/promt");
  CHECK(path({{"prompt", "a"}, {"width", 640}}) == "/scenes/0/picture/height");
  CHECK(path({{"prompt", "a"}, {"width", 640}, {"height", 480}, {"aspect", "4:3"}}) ==
        "/scenes/0/picture/aspect");
  CHECK(path({{"prompt", "a"}, {"count", 9}}) == "/scenes/0/picture/count");
  const auto nobody = parse_request(with("/scenes/0/picture", {{"prompt", "a boat"}}));
  CHECK(nobody.error().path == "/scenes/0/picture/prompt");
}

TEST_CASE("the request's style stands behind each generated picture's own", "[request]") {
  Json json = with("/style", {{"prompt", "in ink"}, {"references", {"brand.png"}}});
  json["scenes"][0]["picture"] = {
      {"provider", "gemini"}, {"prompt", "a boat"}, {"style", "calm"}, {"references", {"boat.png"}}};
  const auto request = parse_request(json);
  REQUIRE(request);
  CHECK(request->scenes[0].picture.params["style"] == "calm\nin ink");
  CHECK(request->scenes[0].picture.params["references"] == Json{"boat.png", "brand.png"});
  CHECK_FALSE(request->scenes[1].picture.params.contains("style"));
}

TEST_CASE("captions need words, and a budget is no debt", "[request]") {
  const Json spoken = {{"text", "Hello."}};
  Json json = with("/scenes/0/speech", spoken);
  json["scenes"][0]["captions"] = true;
  REQUIRE(parse_request(json));
  CHECK(parse_request(json)->scenes[0].captions->max_characters == 60);
  json["scenes"][0]["captions"] = {{"size", 30}, {"max_charcters", 20}};
  CHECK(parse_request(json).error().path == "/scenes/0/captions/max_charcters");
  json["scenes"][0]["captions"] = {{"size", 30}, {"max_characters", 20}};
  CHECK(parse_request(json)->scenes[0].captions->text.size == 30);
  json["scenes"][0]["speech"] = {{"file", "a.wav"}};
  CHECK(parse_request(json).error().path == "/scenes/0/captions");
  CHECK(parse_request(with("/budget_usd", -1)).error().path == "/budget_usd");
}

TEST_CASE("nearest names", "[request]") {
  CHECK(reeld::edit_distance("duration", "durration") == 1);
  CHECK(reeld::edit_distance("file", "fiel") == 1);
  CHECK(reeld::edit_distance("", "abc") == 3);
  CHECK(reeld::nearest_name("hieght", {"width", "height"}) == "height");
}

TEST_CASE("no request makes the parser throw", "[request]") {
  std::mt19937 random(20240501);
  const std::vector<Json> values = {nullptr,
                                    true,
                                    -1,
                                    0,
                                    1e308,
                                    "x",
                                    "",
                                    Json::array(),
                                    Json::object(),
                                    1u << 31,
                                    std::numeric_limits<std::uint64_t>::max(),
                                    "speech",
                                    "#12345g",
                                    "9/0"};
  const auto pick = [&](std::size_t count) { return random() % count; };
  for (int round = 0; round < 2000; ++round) {
    Json json = example();
    const auto edits = 1 + pick(3);
    for (std::size_t edit = 0; edit < edits; ++edit) {
      const Json flat = json.flatten();
      if (!flat.is_object() || flat.empty()) break;
      auto it = flat.begin();
      std::advance(it, static_cast<std::ptrdiff_t>(pick(flat.size())));
      std::string at = it.key();
      for (auto ups = pick(3); ups > 0 && at.find('/') != std::string::npos; --ups) at.erase(at.rfind('/'));
      if (at.empty()) continue;
      const Json::json_pointer pointer(at);
      switch (pick(3)) {
        case 0:
          if (json[pointer.parent_pointer()].is_object())
            json[pointer.parent_pointer()].erase(pointer.back());
          break;
        case 1:
          json[pointer] = values[pick(values.size())];
          break;
        default:
          if (json[pointer.parent_pointer()].is_array()) {
            const Json copy = json[pointer];
            json[pointer.parent_pointer()].push_back(copy);
          } else {
            const Json copy = json[pointer];
            json[pointer.parent_pointer()][pointer.back() + "2"] = copy;
          }
      }
    }
    INFO("round " << round << ": " << json.dump());
    const auto request = parse_request(json);
    if (!request) {
      REQUIRE_FALSE(request.error().message.empty());
      REQUIRE(request.error().code != Code::internal);
      REQUIRE(request.error().message.find("does not match the schema") == std::string::npos);
    }
  }
}

TEST_CASE("the page describes every field and its examples parse", "[request]") {
  const std::string page = slurp(std::string(REELD_SOURCE_DIR) + "/docs/request.md");
  std::vector<std::string> names;
  collect_names(Json::parse(reeld::engine::request_schema_text()), names);
  REQUIRE(names.size() > 50);
  for (const std::string& name : names) {
    INFO(name);
    CHECK(page.find("`" + name + "`") != std::string::npos);
  }
  int examples = 0;
  for (auto at = page.find("```json\n"); at != std::string::npos; at = page.find("```json\n", at + 1)) {
    const auto begin = at + 8;
    const std::string text = page.substr(begin, page.find("```", begin) - begin);
    const auto request = parse_request(Json::parse(text));
    INFO(text << (request ? "" : request.error().message));
    CHECK(request);
    ++examples;
  }
  CHECK(examples >= 2);
}

namespace {

// The error of a request with this "quality", and where it is.
std::string quality_error(const Json& quality) {
  const auto request = parse_request(with("/quality", quality));
  return request ? "" : request.error().path + " | " + request.error().message;
}

Json reach(const Json& condition) {
  return Json::array({condition});
}

}  // namespace

TEST_CASE("conditions that could never be looked at are refused, with the place and the way out",
          "[quality]") {
  using Catch::Matchers::Contains;
  const auto pictures = [](const Json& condition) {
    return quality_error({{"pictures", {{"reach", reach(condition)}}}});
  };
  const auto film = [](const Json& condition) {
    return quality_error({{"film", {{"reach", reach(condition)}}}});
  };
  CHECK_THAT(pictures({{"metric", "Noise!"}, {"at_least", 1}}),
             Contains("/quality/pictures/reach/0/metric") && Contains("small letters"));
  CHECK_THAT(pictures({{"metric", "ssim"}, {"at_least", 0.9}}), Contains("is a metric of films"));
  CHECK_THAT(film({{"metric", "noise"}, {"at_most", 3}}), Contains("is a metric of pictures"));
  CHECK_THAT(film({{"metric", "ssim"}, {"at_least", 0.9}}), Contains("/quality/fidelity is true"));
  CHECK_THAT(pictures({{"metric", "image_quality"}, {"at_least", 101}}),
             Contains("/quality/pictures/reach/0/at_least") && Contains("0 to 100"));
  CHECK_THAT(pictures({{"metric", "noise"}, {"at_most", -1}}),
             Contains("/at_most") && Contains("0 and more"));
  CHECK_THAT(pictures({{"metric", "noise"}}), Contains("is missing"));
  CHECK_THAT(pictures({{"metric", "noise"}, {"at_most", 4}, {"at_least", 1}}), Contains("two conditions"));
  CHECK_THAT(pictures({{"metric", "noise"}, {"atmost", 4}}), Contains("did you mean \"at_most\""));
  CHECK_THAT(quality_error({{"pictures", {{"tries", 0}}}}), Contains("/quality/pictures/tries"));
  CHECK_THAT(quality_error({{"pictures", {{"tries", 11}}}}), Contains("/quality/pictures/tries"));
  CHECK_THAT(quality_error({{"film", {{"tries", 2}}}}), Contains("/quality/film/tries"));
  CHECK_THAT(quality_error({{"film", {{"otherwise", "stop"}}}}), Contains("\"fail\""));
  CHECK_THAT(quality_error({{"score", false}, {"fidelity", true}}), Contains("/quality/fidelity"));
  CHECK_THAT(quality_error({{"score", false},
                            {"film", {{"reach", reach({{"metric", "black_frames"}, {"at_most", 0}})}}}}),
             Contains("/quality/score is false"));
  CHECK_THAT(quality_error({{"score", false},
                            {"pictures", {{"reach", reach({{"metric", "of_mine"}, {"at_most", 0}})}}}}),
             Contains("/quality/score is false"));
  const auto scene = parse_request(with("/scenes/1/reach", reach({{"metric", "psnr"}, {"at_least", 30}})));
  REQUIRE_FALSE(scene);
  CHECK(scene.error().path == "/scenes/1/reach/0/metric");
}

TEST_CASE("what a request says of quality becomes gates", "[quality]") {
  const auto silent = parse_request(example());
  REQUIRE(silent);
  CHECK(silent->quality.score);
  CHECK_FALSE(silent->quality.fidelity);
  CHECK(silent->quality.pictures.reach.empty());
  CHECK(silent->quality.film.reach.empty());
  CHECK_FALSE(silent->scenes[0].reach);

  Json json = with("/quality", {{"fidelity", true},
                                {"pictures",
                                 {{"reach", reach({{"metric", "image_quality"}, {"at_least", 60}})},
                                  {"tries", 5},
                                  {"otherwise", "fail"}}},
                                {"film", {{"reach", reach({{"metric", "ssim"}, {"at_least", 0.9}})}}}});
  json["scenes"][1]["reach"] = Json::array();
  const auto asked = parse_request(json);
  INFO((asked ? "" : asked.error().message));
  REQUIRE(asked);
  using reeld::engine::Otherwise;
  CHECK(asked->quality.pictures.reach == std::vector<reeld::engine::Bar>{{"image_quality", true, 60}});
  CHECK(asked->quality.pictures.tries == 5);
  CHECK(asked->quality.pictures.otherwise == Otherwise::fail);
  CHECK(asked->quality.film.otherwise == Otherwise::warn);
  CHECK_FALSE(asked->scenes[0].reach);
  CHECK(asked->scenes[1].reach->empty());
  CHECK(bar_text(asked->quality.film.reach[0]) == "ssim at least 0.9");
}
