// reelctl script against the real daemon: a paragraph in, a request out.
#include <catch2/catch.hpp>
#include <fstream>

#include "engine/files.hpp"
#include "engine/request.hpp"
#include "tests/apps/daemon.hpp"

namespace reeld::test {
namespace {

struct Stage {
  TemporaryFolder folder;
  Daemon daemon{folder.path() / "daemon"};

  Ran script(const std::vector<std::string>& arguments) {
    std::vector<std::string> command = {program("reelctl"), "--endpoint", daemon.endpoint(), "script"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run(command);
  }
  std::string file(const std::string& name) const { return (folder.path() / name).string(); }
};

TEST_CASE("reelctl script says what is missing or wrong, and writes nothing then") {
  Stage stage;
  const std::string pictures = stage.folder.path().string();
  struct Case {
    std::vector<std::string> arguments;
    std::string words;
  };
  const Case cases[] = {
      {{"The boats leave."}, "--pictures DIR"},
      {{"The boats leave.", "--pictures", stage.file("nowhere")}, "there is no folder"},
      {{"@" + stage.file("nowhere"), "--pictures", pictures}, "No such file"},
      {{"boats", "--topic", "--pictures", pictures}, "cannot write about a topic"},
      {{"boats", "--topic", "--provider", "nobody", "--pictures", pictures}, "nobody"},
      {{"The boats leave.", "--pictures", pictures, "--platform", "tiktock"}, "did you mean \"tiktok\"?"},
      {{"The boats leave.", "--pictures", pictures, "--picture-provider", "gemini"}, "excludes"},
  };
  for (const Case& bad : cases) {
    auto arguments = bad.arguments;
    arguments.insert(arguments.end(), {"-o", stage.file("request.json")});
    const Ran ran = stage.script(arguments);
    INFO(ran.errors);
    CHECK(ran.status != 0);
    CHECK(ran.output.empty());
    CHECK(ran.errors.find(bad.words) != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(stage.file("request.json")));
  }
}

TEST_CASE("reelctl script prints a request that can be rendered, and says where it came from") {
  Stage stage;
  std::ofstream(stage.file("words.txt")) << "The boats leave the harbour at dawn. By noon they are back.\n";
  const Ran ran = stage.script({"@" + stage.file("words.txt"), "--pictures", stage.folder.path().string(),
                                "--voice", "en-us", "--platform", "TikTok", "--tone", "calm", "--category",
                                "travel", "--language", "en", "--length", "6", "--title", "Boats"});
  INFO(ran.errors);
  REQUIRE(ran.status == 0);
  CHECK(ran.errors.find("\"Boats\" by rules: ") == 0);
  const auto request = engine::parse_request(Json::parse(ran.output));
  INFO((request ? "" : request.error().message));
  REQUIRE(request);
  CHECK(request->title == "Boats");
  CHECK(request->output.width == 1080);
  CHECK(request->scenes[0].picture.params.at("folder") == stage.folder.path().string());
  CHECK(request->scenes[0].speech->params.at("voice") == "en-us");
}

TEST_CASE("reelctl script writes the request into a file, and all of the script with --json") {
  Stage stage;
  const std::string out = stage.file("request.json");
  const Ran ran = stage.script({"Buy it now.", "--picture-provider", "gemini", "--speech-provider",
                                "elevenlabs", "--framework", "PAS", "-o", out, "--json"});
  INFO(ran.errors);
  REQUIRE(ran.status == 0);
  const Json result = Json::parse(ran.output);
  CHECK(result.at("status") == "done");
  CHECK(result.at("script").at("scenes").at(0).at("role") == "problem");
  const auto written = engine::read_text(out);
  REQUIRE(written);
  CHECK(Json::parse(*written) == result.at("request"));
  CHECK(result.at("request").at("scenes").at(0).at("speech").at("provider") == "elevenlabs");
}

TEST_CASE("a job keeps how its script was written, and a script that is not there is named") {
  Stage stage;
  const std::string pictures = stage.folder.path().string();
  const auto made =
      stage.daemon.client().script({{"text", "The boats leave."}, {"picture", {{"folder", pictures}}}});
  REQUIRE(made);
  const auto submit = [&](const std::string& script) {
    return stage.daemon.client().submit(made->at("request"), stage.file("film.mp4"), pictures, "",
                                        {{"script", script}});
  };
  const auto refused = submit("01a1fe98-0000-7025-b094-6a0ad0a2d72f");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::not_found);
  CHECK(refused.error().path == "/script");
  const auto submitted = submit(made->at("id"));
  REQUIRE(submitted);
  const auto shown = stage.daemon.client().call("show", {{"job", submitted->at("job").at("id")}});
  REQUIRE(shown);
  const Json& script = shown->at("job").at("script");
  CHECK(script.at("prompt") == "The boats leave.");
  CHECK(script.at("use_llm") == false);
  CHECK(script.at("scene_plan").at("total_scenes") == 1);
}

}  // namespace
}  // namespace reeld::test
