// A style put upon a request: what is changed, what is left, and that letters can be read afterwards.
#include "engine/brand/apply.hpp"

#include <catch2/catch.hpp>

#include "engine/brand/colors.hpp"

namespace reeld::engine {
namespace {

const Json kStyle = {{"color_palette", {"#102040", "#F5EBD2", "#C81E28"}},
                     {"visual_theme", "minimal modern"},
                     {"mood", "calm"},
                     {"typography_style", "DejaVu Sans, bold"}};

Json film(const Json& scene) {
  Json whole = {{"picture", {{"file", "a.jpg"}}}, {"duration", 2}};
  whole.update(scene);
  return {{"reeld", 1}, {"scenes", {whole}}};
}

Json applied(const Json& request, const Json& style = kStyle,
             const std::vector<std::string>& families = {"DejaVu", "DejaVu Sans"}) {
  const auto done = apply_brand(request, style, families);
  INFO((done ? "" : done.error().message));
  REQUIRE(done);
  return *done;
}

const Json* change_of(const Json& applied, const std::string& path) {
  for (const Json& change : applied["changes"]) {
    if (change["path"] == path) return &change;
  }
  return nullptr;
}

TEST_CASE("contrast is WCAG's: the ratios that it publishes", "[brand]") {
  CHECK(contrast_ratio({0, 0, 0}, {255, 255, 255}) == Approx(21));
  CHECK(contrast_ratio({80, 80, 80}, {80, 80, 80}) == 1);
  // The greys that WebAIM and the W3C name as the border of 4.5 on white, and pure red and blue.
  CHECK(contrast_ratio({0x76, 0x76, 0x76}, {255, 255, 255}) == Approx(4.54).margin(0.005));
  CHECK(contrast_ratio({0x77, 0x77, 0x77}, {255, 255, 255}) == Approx(4.48).margin(0.005));
  CHECK(contrast_ratio({255, 0, 0}, {255, 255, 255}) == Approx(4.00).margin(0.005));
  CHECK(contrast_ratio({0, 0, 255}, {255, 255, 255}) == Approx(8.59).margin(0.005));
}

TEST_CASE("on a ground that lets the picture through, the worst picture counts", "[brand]") {
  const Color8 white{255, 255, 255};
  CHECK(worst_contrast(white, {0, 0, 0, 255}) == Approx(21));
  // 3/4 black over white has a luminance of 64/255.
  CHECK(worst_contrast(white, {0, 0, 0, 191}) == Approx(1.05 / (64.0 / 255 + 0.05)));
  CHECK(worst_contrast({128, 128, 128}, {0, 0, 0, 0}) == 1);
}

TEST_CASE("colours are read in both forms, and nothing else is one", "[brand]") {
  CHECK(color_from_hex("#a1B2c3") == Color8{0xa1, 0xb2, 0xc3});
  CHECK(color_from_hex("#a1B2c340") == Color8{0xa1, 0xb2, 0xc3, 0x40});
  for (const char* text : {"", "#", "a1b2c3", "#a1b2c", "#a1b2cg", "#a1b2c3f", "red"})
    CHECK_FALSE(color_from_hex(text));
  CHECK(hex_of({0xa1, 0xb2, 0x03}) == "#A1B203");
}

TEST_CASE("a request that breaks the rules is refused as it would be anywhere", "[brand]") {
  CHECK(apply_brand({{"reeld", 1}}, kStyle, {}).error().code == Code::invalid_request);
  CHECK(apply_brand("words", kStyle, {}).error().code == Code::invalid_request);
  CHECK(apply_brand(film({{"txt", 1}}), kStyle, {}).error().path == "/scenes/0/txt");
}

TEST_CASE("the style's words go behind the prompts of pictures that are made, and only there", "[brand]") {
  const Json made = film({{"picture", {{"provider", "gemini"}, {"prompt", "a boat"}}}});
  const std::string words = "minimal modern, calm, colour palette #102040 #F5EBD2 #C81E28";
  Json done = applied(made);
  CHECK(done["request"]["style"]["prompt"] == words);
  CHECK(*change_of(done, "/style/prompt") ==
        Json{{"path", "/style/prompt"}, {"from", nullptr}, {"to", words}});
  Json own = made;
  own["style"] = {{"prompt", "ink"}};
  done = applied(own);
  CHECK(done["request"]["style"]["prompt"] == "ink\n" + words);
  CHECK((*change_of(done, "/style/prompt"))["from"] == "ink");
  CHECK_FALSE(applied(film(Json::object()))["request"].contains("style"));
  const auto parsed = parse_request(applied(made)["request"]);
  REQUIRE(parsed);
  CHECK(parsed->scenes[0].picture.params["style"] == words);
}

TEST_CASE("a text without a colour gets one of the brand's that can be read on its box", "[brand]") {
  const Json done = applied(film({{"text", {{{"text", "Hello"}, {"box", true}}}}}));
  const Json& text = done["request"]["scenes"][0]["text"][0];
  CHECK(text["box"] == Json{{"color", "#102040"}});
  CHECK(text["color"] == "#F5EBD2");
  CHECK(text["font"] == "DejaVu Sans");
  CHECK(contrast_ratio(*color_from_hex(text["color"]), *color_from_hex(text["box"]["color"])) >= 4.5);
  CHECK(done["left"].empty());
}

TEST_CASE("a box keeps its own colour, and the letters follow it", "[brand]") {
  const auto color_on = [](const char* box) {
    return applied(film(
        {{"text", {{{"text", "Hello"}, {"box", {{"color", box}, {"padding", 20}}}}}}}))["request"]["scenes"]
                                                                                       [0]["text"][0];
  };
  CHECK(color_on("#FFFFFF")["color"] == "#102040");
  CHECK(color_on("#000000")["color"] == "#F5EBD2");
  CHECK(color_on("#000000")["box"] == Json{{"color", "#000000"}, {"padding", 20}});
  // Of the palette none can be read on this grey; black can.
  CHECK(color_on("#808080")["color"] == "#000000");
}

TEST_CASE("letters on a ground that lets too much through are left, with the reason", "[brand]") {
  const Json done =
      applied(film({{"text", {{{"text", "Hello"}, {"box", {{"color", "#80808040"}}}, {"font", "X"}}}}}));
  CHECK_FALSE(done["request"]["scenes"][0]["text"][0].contains("color"));
  REQUIRE(done["left"].size() == 1);
  CHECK(done["left"][0]["path"] == "/scenes/0/text/0/color");
}

TEST_CASE("a text on the bare picture gets an outline to be read by; an outline serves as ground",
          "[brand]") {
  Json text = applied(film({{"text", {{{"text", "Hello"}}}}}))["request"]["scenes"][0]["text"][0];
  CHECK(text["outline"] == Json{{"color", "#102040"}});
  CHECK(text["color"] == "#F5EBD2");
  text = applied(film(
      {{"text", {{{"text", "Hello"}, {"outline", {{"width", 5}}}, {"box", false}}}}}))["request"]["scenes"][0]
                                                                                      ["text"][0];
  CHECK(text["outline"] == Json{{"color", "#102040"}, {"width", 5}});
}

TEST_CASE("a colour and a font of the request's own stay; the ground follows the letters", "[brand]") {
  Json done = applied(film({{"text",
                             {{{"text", "Hello"}, {"color", "#FFFFFF"}, {"font", "Serif"}, {"box", true}},
                              {{"text", "There"}, {"color", "#FF0000"}}}}}));
  const Json& texts = done["request"]["scenes"][0]["text"];
  CHECK(texts[0]["color"] == "#FFFFFF");
  CHECK(texts[0]["font"] == "Serif");
  CHECK(texts[0]["box"] == Json{{"color", "#102040"}});
  CHECK(texts[1]["color"] == "#FF0000");
  CHECK_FALSE(texts[1].contains("outline"));
  done = applied(film({{"text", {{{"text", "Hello"}, {"color", "#808080"}, {"box", true}}}}}),
                 {{"color_palette", {"#777777"}}});
  CHECK(done["left"][0]["path"] == "/scenes/0/text/0/box");
  CHECK(done["request"]["scenes"][0]["text"][0]["box"] == true);
}

TEST_CASE("captions are texts too: those by default have a box", "[brand]") {
  const Json speech = {{"text", "Hello."}};
  Json scene = applied(film({{"speech", speech}, {"captions", true}}))["request"]["scenes"][0];
  CHECK(scene["captions"] ==
        Json{{"box", {{"color", "#102040"}}}, {"color", "#F5EBD2"}, {"font", "DejaVu Sans"}});
  scene = applied(film({{"speech", speech}, {"captions", false}}))["request"]["scenes"][0];
  CHECK(scene["captions"] == false);
}

TEST_CASE("the film's background is the brand's first colour unless it has one", "[brand]") {
  CHECK(applied(film(Json::object()))["request"]["output"]["background"] == "#102040");
  Json own = film(Json::object());
  own["output"] = {{"background", "#FFFFFF"}, {"fps", 25}};
  CHECK(applied(own)["request"] == own);
  CHECK(applied(own)["changes"].empty());
}

TEST_CASE("an empty style changes nothing; a style put on twice changes no colour again", "[brand]") {
  const Json request = film({{"text", {{{"text", "Hello"}}}}});
  CHECK(applied(request, {{"color_palette", Json::array()}})["request"] == request);
  const Json once = applied(request)["request"];
  CHECK(applied(once)["changes"].empty());
}

TEST_CASE("a family is named by whole words, whatever their case; the longest wins", "[brand]") {
  const std::vector<std::string> families = {"Inter", "Inter Tight", "Lato"};
  CHECK(family_named("inter tight, bold", families) == "Inter Tight");
  CHECK(family_named("headlines in LATO.", families) == "Lato");
  CHECK(family_named("international style", families) == "");
  CHECK(family_named("", families) == "");
}

}  // namespace
}  // namespace reeld::engine
