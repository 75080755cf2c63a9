// Scripts of projects: written at once or by a writer, into new projects and into those that are there.
#include "base/temporary_folder.hpp"
#include "engine/project/scripting.hpp"
#include "tests/engine/script_fixture.hpp"

namespace reeld::test {
namespace {

using engine::ScriptDesk;
using storage::Project;
using storage::Projects;

const Json kByRules = {
    {"text", "At dawn the boats leave the harbour.\n\nBy noon they are back, and the nets are full."},
    {"platform", "shorts"},
    {"picture", {{"folder", "/p"}}}};
const Json kByWriter = {{"topic", "Boats"},
                        {"target_seconds", 20},
                        {"writer", {{"provider", "fake"}}},
                        {"picture", {{"folder", "/p"}}}};

struct Stage {
  explicit Stage(std::vector<Result<std::string>> answers) {
    registry.add(std::make_unique<FakeWriter>(std::move(answers)));
    auto opened = storage::Database::open(folder.path() / "reeld.db");
    REQUIRE(opened);
    database = *std::move(opened);
    begin_desk();
  }
  void begin_desk() { desk.emplace(registry, *database, folder.path() / "scripts", std::nullopt); }

  Result<Project> script(const Json& brief, const std::string& project = "", bool replace = false) {
    const auto sink = [this](const storage::Event& event) {
      const std::lock_guard lock(mutex);
      events.push_back(event);
    };
    return engine::script_project(*database, *desk, sink, {brief, "", project, replace});
  }
  // Once its script is no longer being written.
  Project end_of(const std::string& id) {
    while (true) {
      const auto project = projects().find(id);
      REQUIRE(project);
      if (project->script_status != "writing") return *project;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  Projects projects() { return Projects(*database); }

  TemporaryFolder folder;
  providers::Registry registry;
  std::mutex mutex;
  std::vector<storage::Event> events;
  std::unique_ptr<storage::Database> database;
  std::optional<ScriptDesk> desk;  // ends before what its followers work with
};

Project made(Stage& stage, const Json& brief) {
  const auto project = stage.script(brief);
  INFO((project ? "" : project.error().message));
  REQUIRE(project);
  return *project;
}

TEST_CASE("a script that cannot be written makes no project", "[project_script]") {
  Stage stage({});
  CHECK(stage.script({{"text", ""}}).error().path == "/text");
  Json nobody = kByWriter;
  nobody["writer"]["provider"] = "nobody";
  CHECK(stage.script(nobody).error().code == Code::provider_unavailable);
  CHECK(stage.script(kByRules, "none").error().code == Code::not_found);
  CHECK(*stage.projects().count({}) == 0);
}

TEST_CASE("rules make project and scenes at once, with text, prompts, moods and lengths",
          "[project_script]") {
  Stage stage({});
  const Project project = made(stage, kByRules);
  CHECK(project.title == "At dawn the boats leave the harbour.");
  CHECK(project.script == kByRules.at("text"));
  CHECK(project.origin == "uploaded");
  CHECK(project.platform == "shorts");
  CHECK(project.brief == kByRules);
  CHECK(project.script_status == "written");
  const auto scenes = stage.projects().scenes(project.id);
  REQUIRE(scenes);
  REQUIRE(scenes->size() == 2);
  CHECK(scenes->front().text == "At dawn the boats leave the harbour.");
  CHECK(scenes->front().picture_prompt.find("boats") != std::string::npos);
  CHECK(scenes->front().mood == "neutral");
  CHECK(scenes->front().duration_us > 1'000'000);
  CHECK(stage.events.empty());
}

TEST_CASE("scenes that are there are replaced only where that is said", "[project_script]") {
  Stage stage({});
  Project mine;
  mine.title = "Mine";
  mine.platform = "youtube";
  const std::string id = stage.projects().create(mine, {"a", "b", "c"})->id;
  const auto refused = stage.script(kByRules, id);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::invalid_state);
  CHECK(refused.error().path == "/replace");
  CHECK(stage.projects().scenes(id)->size() == 3);
  const auto replaced = stage.script(kByRules, id, true);
  REQUIRE(replaced);
  CHECK(replaced->title == "Mine");
  CHECK(replaced->platform == "shorts");
  CHECK(stage.projects().scenes(id)->size() == 2);
  const std::string empty = stage.projects().create(mine)->id;
  CHECK(stage.script(kByRules, empty));
}

TEST_CASE("a writer's project is there at once, and has its scenes when they are written",
          "[project_script]") {
  Stage stage({draft_json(4, 5).dump()});
  const Project begun = made(stage, kByWriter);
  CHECK(begun.title == "Boats");
  CHECK(begun.target_length == "20s");
  const Project done = stage.end_of(begun.id);
  CHECK(done.script_status == "written");
  CHECK(done.origin == "generated");
  CHECK(done.title == draft_json(4, 5).at("title"));
  CHECK_FALSE(done.script.empty());
  CHECK(stage.projects().scenes(begun.id)->size() == 4);
  stage.desk.reset();  // waits for the writer, who tells last of all
  REQUIRE(stage.events.size() == 1);
  CHECK(stage.events[0].job_id == begun.id);
  CHECK(stage.events[0].type == "project");
  CHECK(stage.events[0].body.at("writing").at("status") == "written");
}

TEST_CASE("a writer's failure is the project's, which may ask again", "[project_script]") {
  Stage stage({Error{Code::quota_exceeded, "come back tomorrow"}, draft_json(4, 5).dump()});
  const std::string id = made(stage, kByWriter).id;
  const Project failed = stage.end_of(id);
  CHECK(failed.script_status == "failed");
  CHECK(failed.script_error->code == Code::quota_exceeded);
  CHECK(stage.projects().scenes(id)->empty());
  REQUIRE(stage.script(kByWriter, id));
  const Project again = stage.end_of(id);
  CHECK(again.script_status == "written");
  CHECK_FALSE(again.script_error);
}

TEST_CASE("while one script is written for a project, no other is", "[project_script]") {
  Stage stage({});  // a writer that never answers
  const Project begun = made(stage, kByWriter);
  CHECK(stage.script(kByRules, begun.id, true).error().code == Code::invalid_state);
  CHECK(stage.script(kByWriter, begun.id, true).error().code == Code::invalid_state);
  REQUIRE(stage.desk->cancel(begun.script_id));
  const Project cancelled = stage.end_of(begun.id);
  CHECK(cancelled.script_status == "failed");
  CHECK(cancelled.script_error->code == Code::cancelled);
}

TEST_CASE("after a restart a project has its script if it was written, and else the reason why not",
          "[project_script]") {
  Stage stage({draft_json(4, 5).dump()});
  // As a daemon leaves it that ends between the script's record and the project's.
  const auto script = stage.desk->start(kByWriter);
  const std::string script_id = script->at("id").get<std::string>();
  while (stage.desk->result(script_id)->at("status") != "done")
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  Project half;
  half.title = "Boats";
  half.brief = kByWriter;
  half.script_id = script_id;
  half.script_status = "writing";
  const std::string written = stage.projects().create(half)->id;

  const std::string unwritten = made(stage, kByWriter).id;  // nobody answers any more
  stage.desk.reset();
  CHECK(stage.projects().find(unwritten)->script_status == "writing");

  REQUIRE(engine::settle_project_scripts(*stage.database));
  CHECK(stage.projects().find(written)->script_status == "written");
  CHECK(stage.projects().scenes(written)->size() == 4);
  const Project lost = *stage.projects().find(unwritten);
  CHECK(lost.script_status == "failed");
  CHECK(lost.script_error->code == Code::shutting_down);
  CHECK(stage.projects().writing()->empty());
}

}  // namespace
}  // namespace reeld::test
