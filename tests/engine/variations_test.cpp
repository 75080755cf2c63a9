// A request and what is varied of it; the grid that films are shown in.
#include "engine/variations.hpp"

#include <catch2/catch.hpp>

#include "engine/side_by_side.hpp"

namespace reeld::engine {
namespace {

Json two_scenes() {
  return Json::parse(R"({"reeld": 1, "output": {"crf": 23, "width": 640},
    "scenes": [{"picture": {"provider": "gemini", "prompt": "a boat"}, "duration": 1},
               {"picture": {"provider": "gemini"}, "duration": 2}]})");
}

TEST_CASE("a variation is the request with its changes, then its patch, then its prompt in it") {
  const Json variations = Json::parse(R"([
    {},
    {"label": "small", "changes": {"output": {"crf": 40, "width": null}}},
    {"changes": {"output": {"crf": 30}},
     "patch": [{"op": "test", "path": "/output/crf", "value": 30},
               {"op": "add", "path": "/scenes/1/duration", "value": 5}]},
    {"label": "dawn", "prompt": "a boat at dawn"}])");
  const auto made = vary("prompt", two_scenes(), variations);
  REQUIRE(made);
  REQUIRE(made->size() == 4);
  CHECK((*made)[0].request == two_scenes());
  CHECK((*made)[0].label == "1");
  CHECK((*made)[1].request["output"] == Json{{"crf", 40}});
  CHECK((*made)[2].label == "3");
  CHECK((*made)[2].request["scenes"][1]["duration"] == 5);
  for (const Json& scene : (*made)[3].request["scenes"])
    CHECK(scene["picture"]["prompt"] == "a boat at dawn");
  CHECK((*made)[3].sent == variations[3]);
}

TEST_CASE("films are called by their labels, as files can be") {
  const auto stems = [](const Json& labels) {
    Json variations = Json::array();
    for (const Json& label : labels) variations.push_back({{"label", label}});
    std::vector<std::string> names;
    const auto made = vary("settings", two_scenes(), variations);
    REQUIRE(made);
    for (const Variation& one : *made) names.push_back(one.stem);
    return names;
  };
  CHECK(stems({"crf 18 (as is)", "../etc/passwd", ".hidden", "größer", "/"}) ==
        std::vector<std::string>{"crf-18-as-is", "etc-passwd", "hidden", "größer", "5"});
  CHECK(stems({"a b", "a/b", "a-b"}) == std::vector<std::string>{"a-b", "a-b-2", "a-b-3"});
}

TEST_CASE("a prompt for every picture needs scenes to have them") {
  const auto none = vary("prompt", {{"reeld", 1}}, Json::array({{{"prompt", "a boat"}}}));
  REQUIRE_FALSE(none);
  CHECK(none.error().path == "/variations/0/prompt");
}

TEST_CASE("films beside each other fill a picture about as wide as a screen") {
  const auto shape = [](int films, int width, int height) {
    const Grid grid = grid_of(films, width, height);
    return std::vector<int>{grid.columns, grid.rows, grid.cell_width, grid.cell_height};
  };
  CHECK(shape(1, 320, 180) == std::vector<int>{1, 1, 320, 180});
  CHECK(shape(2, 320, 180) == std::vector<int>{2, 1, 320, 180});
  CHECK(shape(3, 320, 180) == std::vector<int>{2, 2, 320, 180});
  CHECK(shape(3, 180, 320) == std::vector<int>{3, 1, 180, 320});
  CHECK(shape(4, 1920, 1080) == std::vector<int>{2, 2, 1920, 1080});
  CHECK(shape(9, 1920, 1080) == std::vector<int>{3, 3, 1280, 720});
  for (int films = 1; films <= 16; ++films) {
    const Grid grid = grid_of(films, 1081, 1921);
    CHECK(grid.columns * grid.rows >= films);
    CHECK(grid.columns * grid.cell_width <= 3840);
    CHECK(grid.rows * grid.cell_height <= 2160);
    CHECK(grid.cell_width % 2 + grid.cell_height % 2 == 0);
  }
}

}  // namespace
}  // namespace reeld::engine
