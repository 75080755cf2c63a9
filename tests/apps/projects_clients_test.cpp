// Projects as reelctl, the Python client and the protocol's page have them, with a real daemon.
#include <fstream>

#include "tests/apps/page_check.hpp"
#include "tests/apps/projects_fixture.hpp"

namespace reeld::test {
namespace {

using Stage = ProjectStage;

TEST_CASE("reelctl makes, changes, renders and removes a project", "[projects]") {
  Stage stage;
  const auto reelctl = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {program("reelctl"), "--endpoint", stage.daemon->endpoint(), "--json"});
    const Ran ran = run(arguments);
    INFO(ran.output << ran.errors);
    REQUIRE(ran.status == 0);
    const auto parsed = Json::parse(ran.output, nullptr, false);
    return parsed.is_discarded() ? Json() : parsed;  // render gives a line an event
  };
  const Json made = reelctl({"project", "create", "Harbour", "--scene", "The boats leave.", "--scene",
                             "The gulls follow.", "--platform", "web", "--target-length", "30s"})
                        .at("project");
  const std::string id = made.at("id");
  CHECK(made.at("target_length") == "30s");
  const auto scenes = ids_of(made);
  const std::string fog =
      reelctl({"scene", "add", id, "Fog.", "--position", "1", "--mood", "calm", "--duration", "1.5"})
          .at("scene")
          .at("id");
  CHECK(reelctl({"scene", "update", fog, "--text", "Fog lies here."}).at("scene").at("duration") == 1.5);
  CHECK(texts_of(reelctl({"scene", "reorder", id, scenes[1], scenes[0], fog}).at("scenes")) ==
        std::vector<std::string>{"The gulls follow.", "The boats leave.", "Fog lies here."});
  reelctl({"scene", "delete", fog});
  CHECK(reelctl({"project", "update", id, "--title", "The harbour"}).at("project").at("title") ==
        "The harbour");
  CHECK(reelctl({"project", "list", "--platform", "web", "--count"}).at("count") == 1);

  std::ofstream(stage.file("options.json")) << Json{{"output", kSmall}, {"transition", {{"kind", "cut"}}}};
  const std::vector<std::string> film = {"--options",         stage.file("options.json"),
                                         "--pictures",        stage.pictures().string(),
                                         "--speech-provider", "espeak-ng",
                                         "--no-captions"};
  std::vector<std::string> request = {"project", "request", id};
  request.insert(request.end(), film.begin(), film.end());
  CHECK(reelctl(request).at("request").at("scenes").size() == 2);
  std::vector<std::string> render = {"project", "render", id, "-o", stage.file("film.mp4")};
  render.insert(render.end(), film.begin(), film.end());
  reelctl(render);
  CHECK(seconds_of(stage.file("film.mp4")) > 1);

  const Json scripted = reelctl({"project", "script", kText, "--pictures", stage.pictures().string(),
                                 "--project", id, "--replace"})
                            .at("project");
  CHECK(scripted.at("scenes").size() >= 1);
  CHECK(scripted.at("title") == "The harbour");
  const Ran shown = run({program("reelctl"), "--endpoint", stage.daemon->endpoint(), "project", "show", id});
  CHECK(shown.output.find("film ready") != std::string::npos);
  reelctl({"project", "delete", id});
  CHECK(run({program("reelctl"), "--endpoint", stage.daemon->endpoint(), "project", "show", id}).status != 0);
}

TEST_CASE("reelctl makes a film of pictures in the record", "[projects]") {
  Stage stage;
  const std::string picture = stage.asset_of(stage.sample_job(), "picture", 0);
  std::ofstream(stage.file("scenes.json")) << Json::array({{{"picture", picture}, {"duration", 2}}});
  const auto reelctl = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {program("reelctl"), "--endpoint", stage.daemon->endpoint(), "from-assets"});
    return run(words);
  };
  const Ran made = reelctl({picture, "--seconds", "1", "--scenes", stage.file("scenes.json"), "--aspect",
                            "1:1", "--key", "two", "-o", stage.file("two.mp4")});
  INFO(made.output << made.errors);
  REQUIRE(made.status == 0);
  // 1 s and 2 s, which share half a second of crossfade.
  CHECK(seconds_of(stage.file("two.mp4")) == Approx(2.5).margin(0.2));
  const Ran wrong = reelctl({"none-such", "-o", stage.file("none.mp4")});
  CHECK(wrong.status != 0);
  CHECK(wrong.errors.find("/assets/0") != std::string::npos);
}

TEST_CASE("a project goes its way through the Python client", "[projects]") {
  Stage stage;
  const Ran ran =
      run({"/usr/bin/python3", std::string(REELD_SOURCE_DIR) + "/tests/apps/python_projects.py",
           stage.daemon->endpoint(), stage.pictures().string(), stage.file("python.mp4")},
          {"PYTHONPATH=" + std::string(REELD_SOURCE_DIR) + "/ipc/python", "PYTHONDONTWRITEBYTECODE=1"});
  INFO(ran.output << ran.errors);
  REQUIRE(ran.status == 0);
  CHECK(seconds_of(stage.file("python.mp4")) > 1);
  CHECK(fs::exists(stage.file("python.mp4-2.mp4")));
}

TEST_CASE("the real daemon answers every request of the projects' page as the page shows", "[projects]") {
  Stage stage;
  const std::string picture = stage.asset_of(stage.sample_job(), "picture", 0);
  const auto make = [&](const char* title) {
    return stage.ask("project_create", {{"title", title}, {"scenes", {"The boats leave."}}})
        .at("project")
        .at("id")
        .get<std::string>();
  };
  const std::string id = make("Harbour"), scripted = make("Boats");
  const auto params_of = [&](const std::string& method, Json params) {
    if (params.contains("project")) params["project"] = method == "project_script" ? scripted : id;
    if (params.contains("scene")) params["scene"] = ids_of(stage.show(id))[0];
    if (method == "scenes_reorder") params["scenes"] = ids_of(stage.show(id));
    if (params.contains("target")) params["target"] = stage.file(method + ".mp4");
    if (params.contains("base_dir")) params["base_dir"] = stage.folder.path().string();
    if (params.contains("options") && params["options"].contains("picture"))
      params["options"]["picture"]["folder"] = stage.pictures().string();
    if (method == "video_from_assets") {
      params["assets"][0] = picture;
      params["assets"][1]["picture"] = picture;
    }
    return params;
  };
  CHECK(check_answers(*stage.daemon, read_protocol_page("projects.md"), params_of,
                      {"/project/brief", "/request"}) >= 13);
}

TEST_CASE("the real daemon refuses what the projects' page says it refuses", "[projects]") {
  Stage stage;
  CHECK(check_refusals(*stage.daemon, read_protocol_page("projects.md")) >= 5);
}

}  // namespace
}  // namespace reeld::test
