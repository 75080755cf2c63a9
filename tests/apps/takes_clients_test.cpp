// Takes as clients have them: reelctl, Python, the protocol's page; and what a job leaves in the record.
#include <algorithm>

#include "tests/apps/page_check.hpp"
#include "tests/apps/studio.hpp"

namespace reeld::test {
namespace {

namespace fs = std::filesystem;

TEST_CASE("a job's pictures and speeches are measured in the record, too", "[takes]") {
  Studio studio({"One."});
  write_picture(studio.folder.path() / "mine" / "boat.jpg", 320, 200, 1);
  const Json request = {
      {"reeld", 1},
      {"output", {{"width", 320}, {"height", 180}, {"encoder", "libx264"}, {"preset", "ultrafast"}}},
      {"scenes",
       {{{"picture", {{"file", "boat.jpg"}}},
         {"speech", {{"text", "And so it goes."}}},
         {"duration", "speech"}}}}};
  const auto submitted = studio.daemon->client().submit(request, (studio.folder.path() / "film.mp4").string(),
                                                        (studio.folder.path() / "mine").string(), "");
  REQUIRE(submitted);
  const auto ended =
      studio.daemon->client().follow(submitted->at("job").at("id"), [](const Json&) { return true; });
  REQUIRE(ended);
  INFO(ended->dump(2));
  REQUIRE(ended->at("status") == "completed");
  CHECK(studio.sql("SELECT width, height FROM media_assets WHERE type = 'IMAGE'") == "(320, 200)\n");
  CHECK(
      studio.sql("SELECT count(*) FROM media_assets WHERE type = 'AUDIO' AND duration_us BETWEEN 300000 AND "
                 "5000000") == "(1,)\n");
}

TEST_CASE("reelctl asks for takes, waits for them and shows them", "[takes]") {
  Studio studio({"One.", "Two."});
  const auto reelctl = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {program("reelctl"), "--endpoint", studio.daemon->endpoint()});
    return run(words);
  };
  const Ran spoken = reelctl({"take", "speech", "--project", studio.project, "--provider", "espeak-ng"});
  INFO(spoken.output << spoken.errors);
  CHECK(spoken.status == 0);
  CHECK(std::ranges::count(spoken.output, '\n') == 2);
  CHECK(spoken.output.find("ready") != std::string::npos);
  const Ran failed =
      reelctl({"take", "speech", studio.scenes[0], "--provider", "espeak-ng", "--voice", "none-such"});
  CHECK(failed.status == 1);
  CHECK(failed.output.find("none-such") != std::string::npos);
  const Ran drawn =
      reelctl({"--json", "take", "picture", studio.scenes[0], "--provider", "gemini", "--seed", "3"});
  CHECK(drawn.status == 0);
  const Json take = Json::parse(drawn.output);
  CHECK(take["status"] == "ready");
  write_picture(studio.folder.path() / "mine" / "boat.jpg", 320, 200, 1);
  const Ran imported =
      reelctl({"--json", "take", "import", (studio.folder.path() / "mine" / "boat.jpg").string(), "--scene",
               studio.scenes[0]});
  REQUIRE(imported.status == 0);
  const std::string boat = Json::parse(imported.output)["id"];
  CHECK(reelctl({"take", "choose", boat}).output.find("main") != std::string::npos);
  CHECK(reelctl({"take", "show", boat}).output.find("assets/") != std::string::npos);
  const Ran listed = reelctl({"take", "list", "--scene", studio.scenes[0], "--type", "picture", "--main"});
  CHECK(listed.output.find(boat) != std::string::npos);
  CHECK(std::ranges::count(listed.output, '\n') == 1);
  CHECK(reelctl({"take", "delete", boat}).status == 0);
  CHECK(reelctl({"take", "show", boat}).status == 1);
}

TEST_CASE("the Python client asks for takes, waits for them and hears of them", "[takes]") {
  Studio studio({"One.", "Two."});
  write_picture(studio.folder.path() / "mine" / "boat.jpg", 320, 200, 1);
  const Ran ran =
      run({"/usr/bin/python3", REELD_SOURCE_DIR "/tests/apps/python_takes.py", studio.daemon->endpoint(),
           studio.project, studio.scenes[0], (studio.folder.path() / "mine" / "boat.jpg").string()},
          {"PYTHONPATH=" REELD_SOURCE_DIR "/ipc/python", "PYTHONDONTWRITEBYTECODE=1"});
  INFO(ran.output << ran.errors);
  CHECK(ran.status == 0);
}

TEST_CASE("the daemon answers every request of the page of takes as the page shows", "[takes]") {
  Studio studio({"The harbour wakes before the sun.", "Then the boats go out."});
  const fs::path boat = studio.folder.path() / "mine" / "boat.png";
  write_picture(boat, 320, 200, 1);
  const std::string ready =
      studio.end("scene_speech", {{"scene", studio.scenes[0]}, {"provider", "espeak-ng"}})["id"];
  const std::string failed = studio.end(
      "scene_speech", {{"scene", studio.scenes[0]}, {"provider", "espeak-ng"}, {"voice", "xx-none"}})["id"];
  const std::string unwanted = studio.end(
      "take_import", {{"project", studio.project}, {"type", "IMAGE"}, {"file", boat.string()}})["id"];
  const auto params_of = [&](const std::string& method, Json params) {
    if (params.contains("project")) params["project"] = studio.project;
    if (params.contains("scene")) params["scene"] = studio.scenes[0];
    if (params.contains("file")) params["file"] = boat.string();
    if (params.contains("references") && !params["references"].empty())
      params["references"] = {boat.string()};
    if (params.contains("take"))
      params["take"] = method == "take_retry" ? failed : method == "take_delete" ? unwanted : ready;
    params.erase("cursor");
    return params;
  };
  CHECK(check_answers(*studio.daemon, read_protocol_page("takes.md"), params_of,
                      {"/take/params", "/take/asset/params", "/take/asset/metadata"}) >= 12);
}

}  // namespace
}  // namespace reeld::test
