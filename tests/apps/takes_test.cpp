// Takes of a project's scenes, by a real daemon: speech by espeak-ng, pictures by a stand-in of Gemini.
#include <signal.h>

#include <set>

#include "tests/apps/studio.hpp"

namespace reeld::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNobody = "01a1fd80-0000-7000-8000-000000000000";

Json gemini(const std::string& scene, const std::string& prompt) {
  return {{"scene", scene}, {"provider", "gemini"}, {"prompt", prompt}};
}

TEST_CASE("what cannot be made of a scene is refused before anything is begun", "[takes]") {
  Studio studio({"The harbour wakes.", "  "});
  CHECK(studio.refused("scene_speech", {{"scene", kNobody}}).code == Code::not_found);
  CHECK(studio.refused("scene_speech", {{"scene", kNobody}}).path == "/scene");
  CHECK(studio.refused("project_picture", {{"project", kNobody}, {"prompt", "a"}}).path == "/project");
  CHECK(studio.refused("scene_speech", {{"scene", studio.scenes[1]}}).path == "/scene");
  const Error nobody = studio.refused("scene_speech", {{"scene", studio.scenes[0]}, {"provider", "nobody"}});
  CHECK(nobody.code == Code::provider_unavailable);
  CHECK(nobody.path == "/provider");
  CHECK(studio.refused("scene_speech", {{"scene", studio.scenes[0]}, {"speed", 0.1}}).path == "/speed");
  Json picture = gemini(studio.scenes[0], "a boat");
  picture["provider"] = "folder";
  CHECK(studio.refused("scene_picture", picture).path == "/provider");
  picture = gemini(studio.scenes[0], "a boat");
  picture["width"] = 640;
  CHECK(studio.refused("scene_picture", picture).path == "/height");
  picture = {{"scene", studio.scenes[0]}, {"model", "no-such-model"}};
  CHECK(studio.refused("scene_picture", picture).code == Code::model_unavailable);
  picture = gemini(studio.scenes[0], "a boat");
  picture["references"] = {"boat.png"};
  CHECK(studio.refused("scene_picture", picture).path == "/references/0");
  picture["references"] = {"/etc/hostname"};
  CHECK(studio.refused("scene_picture", picture).code == Code::path_not_allowed);
  CHECK(
      studio.refused("project_picture", {{"project", studio.project}, {"provider", "gemini"}, {"style", " "}})
          .code == Code::invalid_request);
  CHECK(studio.call("take_list", {{"count", true}})->at("count") == 0);
  CHECK(studio.standin.count("generateContent") == 0);
}

TEST_CASE("a scene is spoken, and what was spoken is measured", "[takes]") {
  Studio studio({"The harbour wakes before the sun, and the gulls are there already."});
  const Json take = studio.end("scene_speech", {{"scene", studio.scenes[0]}, {"provider", "espeak-ng"}});
  INFO(take.dump(2));
  REQUIRE(take["status"] == "ready");
  CHECK(take["is_main"] == true);
  CHECK(take["type"] == "AUDIO");
  CHECK(take["prompt"] == "The harbour wakes before the sun, and the gulls are there already.");
  CHECK(take["params"]["language"] == "en");
  CHECK(take["asset"]["provider"] == "espeak-ng");
  CHECK(take["asset"]["source_type"] == "GENERATED");
  const Json probed = probe(studio.daemon->data_dir() / take["file"].get<std::string>());
  CHECK(take["duration_seconds"].get<double>() ==
        Approx(std::stod(probed["format"]["duration"].get<std::string>())).margin(0.01));

  // An equal wish is served from what is there; a faster one is another, and shorter.
  const Json again = studio.end("scene_speech", {{"scene", studio.scenes[0]}, {"provider", "espeak-ng"}});
  CHECK(again["asset"]["id"] == take["asset"]["id"]);
  CHECK(again["is_main"] == false);
  const Json fast =
      studio.end("scene_speech", {{"scene", studio.scenes[0]}, {"provider", "espeak-ng"}, {"speed", 1.5}});
  CHECK(fast["duration_seconds"].get<double>() < 0.8 * take["duration_seconds"].get<double>());
  CHECK(fs::is_empty(studio.daemon->data_dir() / "takes"));
}

TEST_CASE("a voice that is not there fails the take with the provider's words", "[takes]") {
  Studio studio({"The harbour wakes."});
  const Json take = studio.end(
      "scene_speech", {{"scene", studio.scenes[0]}, {"provider", "espeak-ng"}, {"voice", "zz-nobody"}});
  CHECK(take["status"] == "failed");
  CHECK(take["error"]["code"] == "provider_failed");
  CHECK(take["error"]["path"] == "/voice");
  CHECK(take["error"]["message"].get<std::string>().find("zz-nobody") != std::string::npos);
  CHECK(take["is_main"] == false);
  CHECK(studio.refused("take_choose", {{"take", take["id"]}}).code == Code::invalid_state);
}

TEST_CASE("all scenes of a project are spoken, in their order", "[takes]") {
  storage::Settings settings;
  settings.tts_provider = "espeak-ng";
  settings.default_tts_voice = "en-us";
  Studio studio({"One.", "Two, and more.", "", "Three.", "Four.", "Five."}, "", {}, settings);
  const Json first = studio.end("scene_speech", {{"scene", studio.scenes[1]}});
  CHECK(first["voice_id"] == "en-us");
  CHECK(first["provider"] == "espeak-ng");
  const Json rest =
      studio.ends("project_speech", {{"project", studio.project}, {"missing_only", true}, {"speed", 1.2}});
  REQUIRE(rest.size() == 4);  // neither the one that has one nor the one without words
  const std::vector<std::size_t> expected = {0, 3, 4, 5};
  for (std::size_t i = 0; i < rest.size(); ++i) {
    INFO(rest[i].dump(2));
    CHECK(rest[i]["scene"] == studio.scenes[expected[i]]);
    CHECK(rest[i]["status"] == "ready");
    CHECK(rest[i]["is_main"] == true);
    CHECK(rest[i]["voice_id"] == "en-us");
    CHECK(rest[i]["speed"] == 1.2);
  }
  CHECK(studio.call("project_speech", {{"project", studio.project}, {"missing_only", true}})
            ->at("takes")
            .empty());
  CHECK(studio.ends("project_speech", {{"project", studio.project}, {"provider", "espeak-ng"}}).size() == 5);
}

TEST_CASE("pictures of a scene are tried, and the main one is chosen", "[takes]") {
  storage::Settings settings;
  settings.image_model = "gemini-3.1-flash-image";
  settings.default_image_style = "oil painting";
  Studio studio({"The harbour wakes."}, "", {}, settings);
  const Json takes = studio.ends("scene_picture", {{"scene", studio.scenes[0]}, {"seed", 7}, {"count", 2}});
  REQUIRE(takes.size() == 2);
  INFO(takes.dump(2));
  for (const Json& take : takes) REQUIRE(take["status"] == "ready");
  CHECK(takes[0]["prompt"] == "The harbour wakes.\noil painting\nCategory: travel\nTone: calm");
  CHECK(takes[0]["provider"] == "gemini");
  CHECK(takes[0]["model"] == "gemini-3.1-flash-image");
  CHECK(takes[0]["params"]["seed"] == 7);
  CHECK(takes[1]["params"]["seed"] == 8);
  CHECK(takes[0]["asset"]["sha256"] != takes[1]["asset"]["sha256"]);
  CHECK(takes[0]["asset"]["cost_usd"].get<double>() == Approx(0.04));
  CHECK(studio.sql("SELECT count(*) FROM media_assets WHERE width > 0 AND height > 0") == "(2,)\n");

  const Json mains = {{"scene", studio.scenes[0]}, {"is_main", true}};
  const auto main = [&] { return studio.call("take_list", mains)->at("takes"); };
  REQUIRE(main().size() == 1);
  const std::size_t other = main()[0]["id"] == takes[0]["id"] ? 1 : 0;
  CHECK(studio.call("take_choose", {{"take", takes[other]["id"]}})->at("take")["is_main"] == true);
  REQUIRE(main().size() == 1);
  CHECK(main()[0]["id"] == takes[other]["id"]);

  // The same once more is there already; words given outright stand alone, and a project has pictures too.
  studio.standin.reset();
  CHECK(studio.end("scene_picture", {{"scene", studio.scenes[0]}, {"seed", 7}})["asset"]["id"] ==
        takes[0]["asset"]["id"]);
  CHECK(studio.standin.count("generateContent") == 0);
  const Json cover = studio.end("project_picture", {{"project", studio.project}, {"prompt", "a lighthouse"}});
  CHECK(cover["prompt"] == "a lighthouse");
  CHECK(cover["scene"].is_null());
  CHECK(cover["is_main"] == true);
}

TEST_CASE("a take that fails keeps the service's words, and is tried again", "[takes]") {
  Studio studio({"The harbour wakes."});
  studio.standin.dial({{{"match", "generateContent"}, {"fault", "refusal"}, {"times", 1}}});
  const Json failed = studio.end("scene_picture", gemini(studio.scenes[0], "a boat"));
  CHECK(failed["status"] == "failed");
  CHECK(failed["error"]["code"] == "provider_refused");
  CHECK(failed["file"].is_null());
  const Json ready = studio.end("take_retry", {{"take", failed["id"]}});
  CHECK(ready["status"] == "ready");
  CHECK(ready["id"] == failed["id"]);
  CHECK(ready["error"].is_null());
  CHECK(studio.refused("take_retry", {{"take", failed["id"]}}).code == Code::invalid_state);
  CHECK(studio.refused("take_retry", {{"take", kNobody}}).path == "/take");
}

TEST_CASE("another model makes a take only where that is allowed, and the take says so", "[takes]") {
  Studio studio({"The harbour wakes."}, "", {"--gone", "gemini-2.5-flash-image"});
  Json wish = gemini(studio.scenes[0], "a boat");
  CHECK(studio.end("scene_picture", wish)["error"]["code"] == "model_unavailable");
  wish["allow_fallback"] = true;
  const Json take = studio.end("scene_picture", wish);
  INFO(take.dump(2));
  REQUIRE(take["status"] == "ready");
  CHECK(take["model_fallback_occurred"] == true);
  CHECK(take["model"] == "gemini-3.1-flash-image");
  CHECK(take["warnings"][0]["message"].get<std::string>().find("did not answer") != std::string::npos);
}

TEST_CASE("a budget stops takes before they are asked for", "[takes]") {
  Studio studio({"The harbour wakes."}, "day_budget_usd = 0.1");
  Json wish = gemini(studio.scenes[0], "a boat");
  wish.update({{"count", 3}, {"budget_usd", 0.1}});  // of 0.12
  const Error refused = studio.refused("scene_picture", wish);
  CHECK(refused.code == Code::budget_exceeded);
  CHECK(refused.path == "/budget_usd");
  CHECK(studio.standin.count("generateContent") == 0);
  wish.update({{"count", 2}});
  for (const Json& take : studio.ends("scene_picture", wish)) {
    CHECK(take["status"] == "ready");
    CHECK(take["budget_usd"].get<double>() == Approx(0.05));
  }
  const Json over = studio.end("scene_picture", gemini(studio.scenes[0], "a boat"));
  CHECK(over["status"] == "failed");
  CHECK(over["error"]["code"] == "budget_exceeded");
  CHECK(studio.standin.count("generateContent") == 2);
}

TEST_CASE("takes that were pending when the daemon was killed are made by the next", "[takes]") {
  Studio studio({"The harbour wakes."});
  studio.standin.dial({{{"match", "generateContent"}, {"fault", "stall"}, {"seconds", 120}, {"times", -1}}});
  Json wish = gemini(studio.scenes[0], "a boat");
  wish.update({{"count", 6}, {"style", "oil painting"}});
  const auto begun = studio.call("scene_picture", wish);
  REQUIRE(begun);
  studio.wait_until_asked(1);
  studio.daemon->send(SIGKILL);
  studio.daemon->wait();
  studio.standin.reset();
  studio.start();
  std::set<std::string> files;
  for (const Json& take : begun->at("takes")) {
    const Json made = studio.end_of(take["id"]);
    INFO(made.dump(2));
    CHECK(made["status"] == "ready");
    CHECK(made["prompt"] == "a boat\noil painting");
    files.insert(made["file"].get<std::string>());
  }
  CHECK(files.size() == 6);  // nobody gave a seed, and still they differ
}

TEST_CASE("what is removed while it is made leaves nothing behind", "[takes]") {
  Studio studio({"The harbour wakes."});
  studio.standin.dial({{{"match", "generateContent"}, {"fault", "stall"}, {"seconds", 2}, {"times", -1}}});
  SECTION("a scene") {
    const auto begun = studio.call("scene_picture", gemini(studio.scenes[0], "a boat"));
    REQUIRE(begun);
    studio.wait_until_asked(1);
    studio.sql("DELETE FROM scenes");
    const std::string take = begun->at("takes")[0]["id"];
    CHECK(studio.refused("take_show", {{"take", take}}).code == Code::not_found);
  }
  SECTION("a take") {
    const auto begun = studio.call("scene_picture", gemini(studio.scenes[0], "a boat"));
    REQUIRE(begun);
    studio.wait_until_asked(1);
    const Json params = {{"take", begun->at("takes")[0]["id"]}};
    CHECK(studio.call("take_delete", params)->at("id") == params["take"]);
    CHECK(studio.refused("take_delete", params).path == "/take");
  }
  // The next one of the same maker is done behind it, so that its end is over then.
  studio.standin.reset();
  for (int i = 0; i < 8; ++i)
    REQUIRE(studio.end("project_picture", {{"project", studio.project},
                                           {"prompt", "a lighthouse"},
                                           {"provider", "gemini"},
                                           {"seed", 3}})["status"] == "ready");
  for (int i = 0; i < 100 && studio.assets() != 1; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  CHECK(studio.assets() == 1);
  CHECK(studio.call("health", Json::object())->at("status") == "ok");
}

TEST_CASE("files of one's own are takes, where they are what they are said to be", "[takes]") {
  Studio studio({"The harbour wakes."});
  const fs::path mine = studio.folder.path() / "mine";
  write_picture(mine / "boat.jpg", 320, 200, 1);
  write_tune(mine / "song.wav", 1.5);
  std::ofstream(mine / "notes.jpg") << "no picture at all";
  const auto wish = [&](const char* type, const fs::path& file) {
    return Json{{"scene", studio.scenes[0]}, {"type", type}, {"file", file.string()}};
  };
  const Json boat = studio.end("take_import", wish("IMAGE", mine / "boat.jpg"));
  INFO(boat.dump(2));
  REQUIRE(boat["status"] == "ready");
  CHECK(boat["asset"]["source_type"] == "USER_UPLOADED");
  CHECK(boat["is_main"] == true);
  const Json song = studio.end("take_import", wish("AUDIO", mine / "song.wav"));
  REQUIRE(song["status"] == "ready");
  CHECK(song["duration_seconds"].get<double>() == Approx(1.5).margin(0.001));

  const std::int64_t before = studio.assets();
  const Json notes = studio.end("take_import", wish("IMAGE", mine / "notes.jpg"));
  CHECK(notes["status"] == "failed");
  CHECK(notes["error"]["code"] == "picture_invalid");
  CHECK(notes["error"]["path"] == "/file");
  CHECK(studio.end("take_import", wish("AUDIO", mine / "notes.jpg"))["error"]["code"] == "audio_invalid");
  CHECK(studio.assets() == before);

  CHECK(studio.refused("take_import", wish("IMAGE", "/etc/hostname")).code == Code::path_not_allowed);
  CHECK(studio.refused("take_import", wish("IMAGE", mine / "gone.jpg")).code == Code::file_missing);
  const Json speech = {{"project", studio.project}, {"type", "AUDIO"}, {"file", mine / "song.wav"}};
  CHECK(studio.refused("take_import", speech).path == "/scene");
  REQUIRE(studio.call("take_delete", {{"take", song["id"]}}));
  CHECK(studio.assets() == before - 1);
}

}  // namespace
}  // namespace reeld::test
