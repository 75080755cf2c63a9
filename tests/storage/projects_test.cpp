#include "storage/projects.hpp"

#include <set>

#include "storage/takes.hpp"
#include "storage/users.hpp"
#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

Project titled(const std::string& title) {
  Project project;
  project.title = title;
  return project;
}

// "1:a 2:b": positions and texts.
std::string told(const Result<std::vector<Scene>>& scenes) {
  std::string text;
  for (const Scene& scene : *scenes) {
    text += (text.empty() ? "" : " ") + std::to_string(scene.position) + ":" + scene.text;
  }
  return text;
}

std::vector<std::string> ids(const std::vector<Scene>& scenes) {
  std::vector<std::string> all;
  for (const Scene& scene : scenes) all.push_back(scene.id);
  return all;
}

TEST_CASE("a project is refused without a title, with an unknown status, or of a user who is not there") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Projects projects(*db);
  CHECK(projects.create(titled("")).error().code == Code::invalid_request);
  CHECK(projects.create(titled(std::string(201, 'x'))).error().code == Code::invalid_request);
  Project project = titled("Harbour");
  project.status = "done";
  CHECK(projects.create(project, {"a"}).error().code == Code::invalid_request);
  project.status = "draft";
  project.user_id = "nobody";
  CHECK(projects.create(project, {"a"}).error().code == Code::not_found);
  CHECK(*projects.count({}) == 0);
  CHECK(projects.find("none").error().code == Code::not_found);
  CHECK(projects.scenes("none").error().code == Code::not_found);
  CHECK(projects.add_scene("none", "a").error().code == Code::not_found);
  CHECK(projects.update(titled("x")).error().code == Code::not_found);
  CHECK(projects.remove("none").error().code == Code::not_found);
}

TEST_CASE("a project is made with its scenes in order, changed and removed with them") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Projects projects(*db);
  Project wanted{"",     "",    "Harbour", "Boats",       "web",   "travel",
                 "calm", "30s", "en",      "in-progress", "a b c", "generated"};
  Project made = *projects.create(wanted, {"a", "b", "c"});
  CHECK(made.user_id == kLocalUser);
  CHECK(made.description == "Boats");
  CHECK(made.target_length == "30s");
  CHECK(made.status == "in-progress");
  CHECK(made.origin == "generated");
  CHECK(told(projects.scenes(made.id)) == "1:a 2:b 3:c");
  made.description = "";
  made.status = "completed";
  const Project changed = *projects.update(made);
  CHECK(changed.description.empty());
  CHECK(changed.status == "completed");
  CHECK(changed.updated_us >= changed.created_us);
  const std::string scene = projects.scenes(made.id)->front().id;
  REQUIRE(projects.remove(made.id));
  CHECK(projects.find_scene(scene).error().code == Code::not_found);
}

TEST_CASE("scenes are added, moved and removed without a gap or a doubled place") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Projects projects(*db);
  const std::string id = projects.create(titled("Harbour"), {"a", "b"})->id;
  SceneDraft slow("c");
  slow.notes = "slow";
  CHECK(projects.add_scene(id, slow)->notes == "slow");
  CHECK(projects.add_scene(id, "x", 1)->position == 1);
  CHECK(projects.add_scene(id, "y", 99)->position == 5);
  CHECK(told(projects.scenes(id)) == "1:x 2:a 3:b 4:c 5:y");
  std::vector<std::string> order = ids(*projects.scenes(id));
  std::ranges::reverse(order);
  CHECK(told(projects.reorder(id, order)) == "1:y 2:c 3:b 4:a 5:x");
  REQUIRE(projects.remove_scene(order[2]));
  CHECK(told(projects.scenes(id)) == "1:y 2:c 3:a 4:x");
  CHECK(projects.remove_scene(order[2]).error().code == Code::not_found);

  auto wrong = ids(*projects.scenes(id));
  wrong.pop_back();
  CHECK(projects.reorder(id, wrong).error().code == Code::invalid_request);
  wrong.push_back(wrong.front());
  CHECK(projects.reorder(id, wrong).error().code == Code::invalid_request);
  CHECK(told(projects.scenes(id)) == "1:y 2:c 3:a 4:x");

  Scene scene = projects.scenes(id)->front();
  scene.text = "z";
  CHECK(projects.update_scene(scene)->text == "z");
  scene.id = "none";
  CHECK(projects.update_scene(scene).error().code == Code::not_found);
}

TEST_CASE("a project's change takes place whole, with new scenes or with those that are there") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Projects projects(*db);
  const std::string id = projects.create(titled("Harbour"), {"a", "b"})->id;
  const Error refusal{Code::invalid_state, "no"};
  const std::vector<SceneDraft> others = {"c"};
  CHECK(projects
            .change(
                id, [&](Project&) -> Result<void> { return refusal; }, &others)
            .error() == refusal);
  CHECK(told(projects.scenes(id)) == "1:a 2:b");
  const auto change = [](Project& project) -> Result<void> {
    project.script_id = "s";
    project.script_status = "failed";
    project.script_error = Error{Code::timed_out, "late", "/x"};
    project.brief = {{"topic", "sea"}};
    return {};
  };
  const Project changed = *projects.change(id, change, &others);
  CHECK(told(projects.scenes(id)) == "1:c");
  CHECK(changed.script_error->path == "/x");
  CHECK(changed.brief.at("topic") == "sea");
  const auto unsound = [](Project& project) -> Result<void> {
    project.script_status = "written";
    return {};
  };
  CHECK(projects.change(id, unsound).error().code == Code::invalid_request);
}

TEST_CASE("a scene keeps what it is to show, and refuses a length that is none") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Projects projects(*db);
  SceneDraft draft("a");
  draft.picture_prompt = "boats";
  draft.mood = "calm";
  draft.role = "problem";
  draft.duration_us = 2'500'000;
  const std::string id = projects.create(titled("Harbour"), {draft})->id;
  Scene scene = projects.scenes(id)->front();
  CHECK(scene.picture_prompt == "boats");
  CHECK(scene.mood == "calm");
  CHECK(scene.role == "problem");
  CHECK(scene.duration_us == 2'500'000);
  scene.duration_us = 0;
  CHECK(projects.update_scene(scene).error().code == Code::invalid_request);
  scene.duration_us.reset();
  CHECK_FALSE(projects.update_scene(scene)->duration_us);
}

TEST_CASE("a project's status follows its films, and its films outlive it") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Projects projects(*db);
  const std::string id = projects.create(titled("Harbour"), {"a"})->id;
  NewJob wanted = some_job();
  wanted.project_id = id;
  const std::string job = db->create_job(wanted)->job.id;
  CHECK(projects.find(id)->status == "in-progress");
  auto videos = *projects.videos(id, 10);
  REQUIRE(videos.size() == 1);
  CHECK(videos[0].status == "pending");
  CHECK(videos[0].video_id.empty());
  REQUIRE(db->set_status(job, JobStatus::media_generation));
  CHECK(projects.videos(id, 10)->front().status == "rendering");
  REQUIRE(db->set_status(job, JobStatus::video_composition));
  REQUIRE(db->add_video(
      {"", job, "/o.mp4", "", "T", {{"width", 320}, {"height", 180}, {"duration_seconds", 2.5}}}));
  REQUIRE(db->append_event(job, "status", Json::object()));
  REQUIRE(db->set_status(job, JobStatus::completed));
  CHECK(projects.find(id)->status == "completed");
  videos = *projects.videos(id, 10);
  CHECK(videos[0].status == "ready");
  CHECK(videos[0].file == "/o.mp4");
  CHECK(videos[0].aspect_ratio == "16:9");
  CHECK(videos[0].duration_us == 2'500'000);
  CHECK(videos[0].updated_us > videos[0].created_us);

  const std::string failing = db->create_job(wanted)->job.id;
  CHECK(projects.find(id)->status == "in-progress");
  REQUIRE(db->set_status(failing, JobStatus::failed, Error{Code::timed_out, "late"}));
  CHECK(projects.find(id)->status == "in-progress");
  CHECK(projects.videos(id, 1)->front().error->code == Code::timed_out);
  REQUIRE(projects.remove(id));
  CHECK(db->find_job(job)->project_id.empty());
  CHECK(*db->video(job));
}

TEST_CASE("projects are listed by what they are filtered and sorted by") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Projects projects(*db);
  for (const char* title : {"b", "c", "a"}) {
    Project project = titled(title);
    project.platform = title == std::string("c") ? "web" : "tv";
    REQUIRE(projects.create(project));
  }
  const auto titles = [&](const ProjectFilter& filter, const PageRequest& page) {
    std::string text;
    const auto listed = projects.list(filter, page);
    for (const Project& project : listed->rows) text += project.title;
    return text;
  };
  CHECK(titles({}, {}) == "acb");
  CHECK(titles({}, {"title", false}) == "abc");
  CHECK(titles({}, {"updated", true}) == "acb");
  ProjectFilter tv;
  tv.platform = "tv";
  CHECK(titles(tv, {"title", true}) == "ba");
  CHECK(*projects.count(tv) == 2);
  CHECK(projects.list({}, {"colour"}).error().code == Code::invalid_request);
  ProjectFilter later;
  later.from_us = now_us() + 1000000;
  CHECK(*projects.count(later) == 0);
}

Take picture_of(const Scene& scene) {
  Take take;
  take.project_id = scene.project_id;
  take.scene_id = scene.id;
  take.type = "IMAGE";
  take.provider = "gemini";
  take.prompt = "A harbour";
  return take;
}

std::string asset(Database& db, const std::string& type, char digit) {
  Asset asset;
  asset.sha256 = std::string(64, digit);
  asset.type = type;
  asset.source_type = "GENERATED";
  asset.prompt = "A harbour";
  asset.file = std::string("assets/") + digit;
  return db.add_asset(asset)->id;
}

TEST_CASE("takes: the first ready one is the main one until another is chosen") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Projects projects(*db);
  Takes takes(*db);
  const std::string project = projects.create(titled("Harbour"), {"a", "b"})->id;
  const auto scenes = *projects.scenes(project);
  const Take first = *takes.begin(picture_of(scenes[0]));
  const Take second = *takes.begin(picture_of(scenes[0]));
  CHECK(first.status == "pending");
  CHECK(takes.choose_main(first.id).error().code == Code::invalid_state);
  CHECK(takes.finish(first.id, asset(*db, "IMAGE", 'a'))->is_main);
  CHECK_FALSE(takes.finish(second.id, asset(*db, "IMAGE", 'b'))->is_main);
  CHECK(takes.choose_main(second.id)->is_main);
  TakeFilter main;
  main.scene_id = scenes[0].id;
  main.is_main = true;
  const auto chosen = takes.list(main, {});
  REQUIRE(chosen->rows.size() == 1);
  CHECK(chosen->rows[0].id == second.id);
  CHECK(takes.finish(takes.begin(picture_of(scenes[1]))->id, chosen->rows[0].asset_id)->is_main);
  CHECK(*takes.count({project}) == 3);
}

TEST_CASE("takes: what fails can be tried again; nothing else goes back") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Projects projects(*db);
  Takes takes(*db);
  const Scene scene = projects.scenes(projects.create(titled("Harbour"), {"a"})->id)->front();
  const std::string id = takes.begin(picture_of(scene))->id;
  const Error late{Code::timed_out, "It took too long.", "/prompt"};
  CHECK(takes.retry(id).error().code == Code::invalid_state);
  CHECK(takes.fail(id, late)->error == late);
  CHECK(takes.finish(id, asset(*db, "IMAGE", 'a')).error().code == Code::invalid_state);
  CHECK_FALSE(takes.retry(id)->error);
  CHECK(takes.finish(id, "none").error().code == Code::not_found);
  CHECK(takes.finish(id, asset(*db, "IMAGE", 'a'))->status == "ready");
  CHECK(takes.fail(id, late).error().code == Code::invalid_state);
  CHECK(takes.find("none").error().code == Code::not_found);
  CHECK((*db->counts())["assets"] == 1);
  REQUIRE(takes.remove(id));
  CHECK((*db->counts())["assets"] == 0);
}

TEST_CASE("takes: a speech has a voice, a speed and a duration; a scene is of the same project") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Projects projects(*db);
  Takes takes(*db);
  const Scene scene = projects.scenes(projects.create(titled("Harbour"), {"a"})->id)->front();
  Take speech = picture_of(scene);
  speech.type = "AUDIO";
  CHECK(takes.begin(speech).error().code == Code::invalid_request);
  speech.speed = 9;
  CHECK(takes.begin(speech).error().code == Code::invalid_request);
  speech.speed = 1.25;
  speech.voice_id = "kore";
  const std::string id = takes.begin(speech)->id;
  const std::string sound = asset(*db, "AUDIO", 'c');
  CHECK(takes.finish(id, asset(*db, "IMAGE", 'd'), 1000).error().code == Code::invalid_state);
  CHECK(takes.finish(id, sound).error().code == Code::invalid_state);
  const Take ready = *takes.finish(id, sound, 1500000);
  CHECK(ready.voice_id == "kore");
  CHECK(ready.speed == 1.25);
  speech.project_id = projects.create(titled("Hills"))->id;
  CHECK(takes.begin(speech).error().code == Code::not_found);
}

TEST_CASE("takes: what was asked is kept, and several begin together or not at all") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Projects projects(*db);
  Takes takes(*db);
  const std::string project = projects.create(titled("Harbour"), {"a", "b"})->id;
  const auto scenes = *projects.scenes(project);
  Take wanted = picture_of(scenes[0]);
  wanted.params = {{"prompt", "A harbour"}, {"seed", 7}};
  wanted.budget_usd = 0.5;
  Take astray = picture_of(scenes[1]);
  astray.scene_id = new_id();
  CHECK(takes.begin_all({wanted, astray}).error().code == Code::not_found);
  CHECK(*takes.count({project}) == 0);
  const auto begun = takes.begin_all({wanted, picture_of(scenes[1])});
  REQUIRE(begun);
  CHECK(begun->at(0).params == wanted.params);
  CHECK(begun->at(0).budget_usd == 0.5);
  CHECK_FALSE(begun->at(0).allow_fallback);
  CHECK(begun->at(1).params == Json::object());
  CHECK(*takes.scenes_with(project, "IMAGE") == std::set<std::string>{scenes[0].id, scenes[1].id});
  CHECK(takes.scenes_with(project, "AUDIO")->empty());
  REQUIRE(takes.fail(begun->at(1).id, {Code::timed_out, "It took too long.", ""}));
  CHECK(*takes.scenes_with(project, "IMAGE") == std::set<std::string>{scenes[0].id});
}

TEST_CASE("takes: another model is told of where it was allowed, until the take is tried again") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Projects projects(*db);
  Takes takes(*db);
  const Scene scene = projects.scenes(projects.create(titled("Harbour"), {"a"})->id)->front();
  Take wanted = picture_of(scene);
  const Json warning = {{"message", "The other one made it."}, {"path", ""}};
  CHECK(takes.set_fallback(takes.begin(wanted)->id, warning).error().code == Code::invalid_request);
  CHECK(takes.set_fallback("none", warning).error().code == Code::not_found);
  wanted.allow_fallback = true;
  const std::string id = takes.begin(wanted)->id;
  REQUIRE(takes.set_fallback(id, warning));
  CHECK(takes.find(id)->model_fallback_occurred);
  CHECK(takes.find(id)->warnings == Json::array({warning}));
  REQUIRE(takes.fail(id, {Code::timed_out, "It took too long.", ""}));
  CHECK_FALSE(takes.retry(id)->model_fallback_occurred);
  CHECK(takes.find(id)->warnings.empty());
}

TEST_CASE("takes: a ready one has its file, its length and the model that made it") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Projects projects(*db);
  Takes takes(*db);
  const Scene scene = projects.scenes(projects.create(titled("Harbour"), {"a"})->id)->front();
  Asset sound;
  sound.sha256 = std::string(64, 'e');
  sound.type = "AUDIO";
  sound.source_type = "GENERATED";
  sound.prompt = "A harbour";
  sound.file = "assets/e.wav";
  sound.model = "the-one";
  const std::string asset_id = db->add_asset(sound)->id;
  Take wanted = picture_of(scene);
  wanted.type = "AUDIO";
  wanted.speed = 1;
  wanted.model = "asked";
  const std::string id = takes.begin(wanted)->id;
  CHECK(takes.find(id)->model == "asked");
  const Take ready = *takes.finish(id, asset_id, 1500000);
  CHECK(ready.model == "the-one");
  CHECK(ready.file == "assets/e.wav");
  CHECK(ready.duration_us == 1500000);
}

}  // namespace
}  // namespace reeld::storage
