#include "providers/wishes.hpp"

#include <catch2/catch.hpp>

namespace reeld::providers {
namespace {

using nlohmann::json;

Wish wish_of(const json& params) {
  Wish wish;
  wish.params = params;
  wish.base_dir = "/base";
  return wish;
}

TEST_CASE("a wrong field of a picture is named, a mistyped one with its nearest") {
  const auto error = [](const json& params) {
    const auto read = picture_wish(wish_of(params));
    return read ? Error{} : read.error();
  };
  CHECK(error({{"prompt", " "}}).path == "/prompt");
  CHECK(error(json::object()).path == "/prompt");
  CHECK(error(json::array()).code == Code::invalid_request);
  CHECK(error({{"prompt", "a"}, {"negativ_prompt", "b"}}).message.find("\"negative_prompt\"") !=
        std::string::npos);
  CHECK(error({{"prompt", "a"}, {"seed", -1}}).path == "/seed");
  CHECK(error({{"prompt", "a"}, {"seed", 1.5}}).path == "/seed");
  CHECK(error({{"prompt", "a"}, {"count", 9}}).path == "/count");
  CHECK(error({{"prompt", "a"}, {"width", 1024}}).path == "/height");
  CHECK(error({{"prompt", "a"}, {"aspect", "16x9"}}).path == "/aspect");
  CHECK(error({{"prompt", "a"}, {"aspect", "1:0"}}).path == "/aspect");
  CHECK(error({{"prompt", "a"}, {"aspect", "1:1"}, {"width", 64}, {"height", 64}}).path == "/aspect");
  CHECK(error({{"prompt", "a"}, {"references", {1}}}).path == "/references");
  CHECK(error({{"prompt", "a"}, {"options", 1}}).path == "/options");
  CHECK(error({{"prompt", std::string(40000, 'a')}}).path == "/prompt");
  CHECK(error({{"prompt", std::string("a\0b", 3)}}).path == "/prompt");
}

TEST_CASE("a picture has the size asked for, else the frame's, in the aspect asked for") {
  Wish wish = wish_of({{"prompt", "a"}});
  CHECK(picture_wish(wish)->width == 1024);
  wish.width = 1920, wish.height = 1080;
  CHECK(picture_wish(wish)->width == 1920);
  CHECK(picture_wish(wish)->height == 1080);
  wish.params["aspect"] = "1:1";  // as many pixels: sqrt(1920 * 1080) = 1440
  CHECK(picture_wish(wish)->width == 1440);
  CHECK(picture_wish(wish)->height == 1440);
}

TEST_CASE("a style's words follow the prompt's, and references lie beside the request") {
  const auto picture =
      picture_wish(wish_of({{"prompt", "a shoe"}, {"style", "in ink"}, {"references", {"b.png", "/c.png"}}}));
  CHECK(picture->prompt == "a shoe\nin ink");
  CHECK(picture->references[0].file == "/base/b.png");
  CHECK(picture->references[1].file == "/c.png");
}

TEST_CASE("speech has a text and a pace, and says nothing of its place in the mix") {
  const auto speech =
      speech_wish(wish_of({{"text", "Hello."}, {"speed", 2}, {"volume_db", -3}, {"delay", 1}}));
  REQUIRE(speech);
  CHECK(speech->speed == 2);
  CHECK(speech_wish(wish_of({{"text", "Hello."}, {"speed", 5}})).error().path == "/speed");
  CHECK(speech_wish(wish_of({{"text", ""}})).error().path == "/text");
}

TEST_CASE("a script is asked for by messages of known roles") {
  const auto script = script_wish(wish_of({{"messages", {{{"role", "system"}, {"text", "Be brief."}}}}}));
  REQUIRE(script);
  CHECK(script->messages[0].role == "system");
  CHECK(script->schema.is_null());
  CHECK(script_wish(wish_of({{"messages", json::array()}})).error().path == "/messages");
  CHECK(script_wish(wish_of({{"messages", {{{"role", "king"}, {"text", "a"}}}}})).error().path ==
        "/messages/0/role");
  CHECK(script_wish(wish_of({{"messages", {{{"role", "user"}}}}})).error().path == "/messages/0/text");
}

}  // namespace
}  // namespace reeld::providers
