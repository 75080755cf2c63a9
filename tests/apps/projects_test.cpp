// Projects with a real daemon: from a script to a film, over restarts, with takes and with assets.
#include "storage/takes.hpp"
#include "storage/users.hpp"
#include "tests/apps/projects_fixture.hpp"

namespace reeld::test {
namespace {

using Stage = ProjectStage;

TEST_CASE("what a project lacks for a film, and what is not there, is said at its place", "[projects]") {
  Stage stage;
  const Json empty = stage.ask("project_create", {{"title", "Empty"}}).at("project");
  const Json bare =
      stage.ask("project_create", {{"title", "Bare"}, {"scenes", {"The boats leave."}}}).at("project");
  struct Case {
    const char* method;
    Json params;
    Code code;
    const char* path;
  };
  const std::string nobody = "01a1fe98-0000-7000-8000-000000000000", target = stage.file("none.mp4");
  const std::vector<Case> cases = {
      {"project_request", {{"project", empty["id"]}}, Code::invalid_state, "/project"},
      {"project_request", {{"project", bare["id"]}}, Code::invalid_state, "/scenes/0/picture"},
      {"project_render",
       {{"project", bare["id"]}, {"target", "film.mp4"}, {"options", film_options(stage)}},
       Code::invalid_request,
       "/target"},
      {"project_render", {{"project", nobody}, {"target", target}}, Code::not_found, "/project"},
      {"project_update", {{"project", nobody}, {"title", "x"}}, Code::not_found, "/project"},
      {"project_update",
       {{"project", bare["id"]}, {"title", std::string(201, 'x')}},
       Code::invalid_request,
       ""},
      {"project_delete", {{"project", nobody}}, Code::not_found, "/project"},
      {"project_script", {{"brief", {{"text", "a"}}}}, Code::invalid_request, "/picture"},
      {"project_script",
       {{"brief", {{"text", "a b"}, {"picture", {{"folder", "/p"}}}}}, {"project", bare["id"]}},
       Code::invalid_state,
       "/replace"},
      {"scene_add", {{"project", nobody}, {"text", "a"}}, Code::not_found, "/project"},
      {"scene_update", {{"scene", nobody}, {"text", "a"}}, Code::not_found, "/scene"},
      {"scene_update", {{"scene", ids_of(bare)[0]}, {"mood", "clam"}}, Code::invalid_request, "/mood"},
      {"scene_delete", {{"scene", nobody}}, Code::not_found, "/scene"},
      {"scenes_reorder", {{"project", bare["id"]}, {"scenes", {nobody}}}, Code::invalid_request, "/scenes"},
      {"scenes_reorder", {{"project", bare["id"]}, {"scenes", {7}}}, Code::invalid_request, "/scenes/0"},
      {"video_from_assets", {{"assets", {7}}, {"target", target}}, Code::invalid_request, "/assets/0"},
      {"video_from_assets",
       {{"assets", {{{"pictur", "a"}}}}, {"target", target}},
       Code::unknown_field,
       "/assets/0/pictur"},
  };
  for (const Case& bad : cases) {
    const Error error = stage.refusal(bad.method, bad.params);
    INFO(bad.method << " " << error.message);
    CHECK(error.code == bad.code);
    CHECK(error.path == bad.path);
  }
  // Nothing of it left a job behind.
  CHECK(stage.ask("list", {{"count", true}}).at("count") == 0);
  CHECK(stage.show(bare["id"]).at("status") == "draft");
}

TEST_CASE("a text becomes a project, is put into another order, and is rendered after a restart",
          "[projects]") {
  Stage stage;
  const Json written = stage
                           .ask("project_script", {{"brief",
                                                    {{"text", kText},
                                                     {"platform", "shorts"},
                                                     {"picture", {{"folder", stage.pictures().string()}}}}}})
                           .at("project");
  const std::string id = written.at("id").get<std::string>();
  const std::vector<std::string> order = ids_of(written);
  REQUIRE(order.size() == 3);
  CHECK(written.at("status") == "draft");
  stage.ask("scenes_reorder", {{"project", id}, {"scenes", {order[2], order[0], order[1]}}});
  stage.restart();
  CHECK(texts_of(stage.show(id).at("scenes")) ==
        std::vector<std::string>{"By noon they are back, and all their nets are full.",
                                 "At dawn the small boats leave the harbour together.",
                                 "A cloud of white gulls follows them out to sea."});

  Json options = film_options(stage);
  options.erase("picture");  // the brief has said where they come from
  options.erase("speech");
  const std::string film = stage.file("film.mp4");
  const Json submitted =
      stage.ask("project_render", {{"project", id}, {"target", film}, {"options", options}});
  CHECK(submitted.at("job").at("project") == id);
  const Json job = stage.completed(submitted);
  CHECK(job.at("request").at("scenes").at(0).at("speech").at("text") ==
        "By noon they are back, and all their nets are full.");
  CHECK(job.at("request").at("scenes").at(2).at("picture").at("tags").dump().find("gulls") !=
        std::string::npos);

  const Json facts = probe(film);
  CHECK(facts.at("streams").at(0).at("width") == 320);
  CHECK(facts.at("streams").at(0).at("height") == 180);
  const Json done = stage.show(id);
  CHECK(done.at("status") == "completed");
  REQUIRE(done.at("videos").size() == 1);
  const Json& video = done.at("videos").at(0);
  CHECK(video.at("status") == "ready");
  CHECK(video.at("file") == film);
  CHECK(video.at("job") == job.at("id"));
  CHECK(video.at("aspect_ratio") == "16:9");
  CHECK(video.at("duration_seconds").get<double>() == Approx(seconds_of(film)).margin(0.1));

  stage.ask("project_delete", {{"project", id}});
  CHECK(fs::exists(film));
  const Json kept = stage.ask("show", {{"job", job.at("id")}}).at("job");
  CHECK(kept.at("project").is_null());
  CHECK(kept.at("video").at("file") == film);
}

TEST_CASE("main takes are what a film shows and says, and nobody is asked for them again", "[projects]") {
  Stage stage;
  const Json sample = stage.sample_job();
  const std::string picture = stage.asset_of(sample, "picture", 0),
                    speech = stage.asset_of(sample, "speech", 0);
  const std::string id =
      stage.ask("project_create", {{"title", "Takes"}, {"scenes", {"The boats leave.", "The gulls follow."}}})
          .at("project")
          .at("id")
          .get<std::string>();
  const std::string scene = ids_of(stage.show(id))[0];
  stage.daemon.reset();
  {
    const auto database = storage::Database::open(stage.folder.path() / "daemon/data/reeld.db");
    REQUIRE(database);
    storage::Takes takes(**database);
    const auto finish = [&](const std::string& type, const std::string& asset) {
      storage::Take take;
      take.project_id = id;
      take.scene_id = scene;
      take.type = type;
      take.provider = "test";
      take.prompt = "The boats leave.";
      if (type == "AUDIO") take.speed = 1.0;
      const auto begun = takes.begin(take);
      REQUIRE(begun);
      REQUIRE(takes.finish(begun->id, asset,
                           type == "AUDIO" ? std::optional<std::int64_t>(900'000) : std::nullopt));
    };
    finish("IMAGE", picture);
    finish("AUDIO", speech);
  }
  stage.daemon.emplace(stage.folder.path() / "daemon");

  const Json shown = stage.show(id).at("scenes").at(0).at("takes");
  CHECK(shown.at("IMAGE").at("asset") == picture);
  // As the job measured it: what is known of a sound is not replaced.
  CHECK(shown.at("AUDIO").at("duration_seconds").get<double>() > 1);
  CHECK(shown.at("VIDEO_CLIP").is_null());
  const Json job = stage.completed(
      stage.ask("project_render",
                {{"project", id}, {"target", stage.file("takes.mp4")}, {"options", film_options(stage)}}));
  const Json& first = job.at("request").at("scenes").at(0);
  CHECK(first.at("picture") == Json{{"asset", picture}});
  CHECK(first.at("speech") == Json{{"asset", speech}, {"text", "The boats leave."}});
  CHECK(first.contains("captions"));
  CHECK(stage.asset_of(job, "picture", 0) == picture);
  CHECK(stage.asset_of(job, "speech", 0) == speech);
  CHECK(stage.asset_of(job, "picture", 1) != picture);

  for (const Json& asset : job.at("assets")) {
    if (asset.at("id") == picture) fs::remove(stage.daemon->data_dir() / asset.at("file").get<std::string>());
  }
  const Error gone = stage.refusal("project_request", {{"project", id}, {"options", film_options(stage)}});
  CHECK(gone.code == Code::file_missing);
  CHECK(gone.path == "/scenes/0/picture/asset");
  CHECK(gone.message.find(stage.daemon->data_dir().string()) != std::string::npos);
}

TEST_CASE("a request takes assets of the record by id or hash, each of its type", "[projects]") {
  Stage stage;
  const Json sample = stage.sample_job();
  const std::string picture = stage.asset_of(sample, "picture", 0),
                    speech = stage.asset_of(sample, "speech", 0);
  std::string hash;
  for (const Json& asset : sample.at("assets")) {
    if (asset.at("id") == picture) hash = asset.at("sha256").get<std::string>();
  }
  const auto request = [&](const std::string& shown, const std::string& said) {
    return Json{
        {"reeld", 1},
        {"output", kSmall},
        {"scenes", {{{"picture", {{"asset", shown}}}, {"duration", 1}, {"speech", {{"asset", said}}}}}},
        {"music", {{"asset", speech}, {"volume_db", -30}}}};
  };
  const auto submit = [&](const Json& wanted) {
    return stage.ask("submit", {{"request", wanted}, {"target", stage.file("assets.mp4")}});
  };
  const Json job = stage.completed(submit(request(hash, speech)));
  CHECK(stage.asset_of(job, "picture", 0) == picture);
  CHECK(job.at("assets").size() == 3);
  CHECK(job.at("cost_usd") == 0.0);
  const Json estimate = stage.ask("estimate", {{"request", request(picture, speech)}});
  CHECK(estimate.at("cost_usd") == 0.0);
  CHECK(estimate.at("wants").at(0).at("is_there") == true);

  const Json other_type = stage.end_of(submit(request(speech, speech)));
  CHECK(other_type.at("error").at("code") == "invalid_request");
  CHECK(other_type.at("error").at("path") == "/scenes/0/picture/asset");
  const Json nobody = stage.end_of(submit(request(picture, "nobody")));
  CHECK(nobody.at("error").at("code") == "not_found");
  CHECK(nobody.at("error").at("path") == "/scenes/0/speech/asset");

  const Json film = stage.completed(
      stage.ask("video_from_assets",
                {{"assets", {picture, {{"picture", picture}, {"speech", speech}, {"text", "Out."}}}},
                 {"title", "Two"},
                 {"target", stage.file("two.mp4")},
                 {"options", {{"output", kSmall}, {"transition", {{"kind", "cut"}}}}}}));
  CHECK(film.at("title") == "Two");
  CHECK(seconds_of(stage.file("two.mp4")) > 6.5);  // six seconds without speech, then the speech
  const Error wrong = stage.refusal("video_from_assets",
                                    {{"assets", {picture, speech}}, {"target", stage.file("three.mp4")}});
  CHECK(wrong.code == Code::invalid_request);
  CHECK(wrong.path == "/assets/1/picture");
}

TEST_CASE("the user's settings say how pictures and speech begin", "[projects]") {
  Stage stage;
  const std::string id = stage.ask("project_create", {{"title", "Mine"}, {"scenes", {"The boats leave."}}})
                             .at("project")
                             .at("id");
  stage.daemon.reset();
  {
    const auto database = storage::Database::open(stage.folder.path() / "daemon/data/reeld.db");
    REQUIRE(database);
    storage::Settings settings;
    settings.image_model = "no-such-model";
    settings.tts_provider = "espeak-ng";
    settings.default_tts_voice = "en-us";
    settings.default_language = "en";
    REQUIRE(storage::Users(**database).set_settings(storage::kLocalUser, settings));
  }
  stage.daemon.emplace(stage.folder.path() / "daemon");
  const Error unknown = stage.refusal("project_request", {{"project", id}});
  CHECK(unknown.code == Code::invalid_state);
  CHECK(unknown.message.find("\"no-such-model\"") != std::string::npos);
  Json options = film_options(stage);
  options.erase("speech");
  const Json scene =
      stage.ask("project_request", {{"project", id}, {"options", options}}).at("request").at("scenes").at(0);
  CHECK(
      scene.at("speech") ==
      Json{{"provider", "espeak-ng"}, {"voice", "en-us"}, {"language", "en"}, {"text", "The boats leave."}});
}

}  // namespace
}  // namespace reeld::test
