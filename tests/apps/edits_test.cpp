// Versions of films: a real daemon, real films, and a stand-in that is asked only for what is new.
#include <signal.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/apps/configured_daemon.hpp"
#include "tests/apps/page_check.hpp"
#include "tests/standins/standin.hpp"

namespace reeld::test {
namespace {

namespace fs = std::filesystem;

// Four scenes of two seconds at 25 frames a second, with crossfades of half a second: 180 frames.
Json four_scenes(const Json& first_picture = {{"file", "one.jpg"}}) {
  Json request = Json::parse(R"({"reeld": 1, "title": "Four scenes", "seed": 3,
    "output": {"width": 320, "height": 180, "fps": 25, "encoder": "libx264", "preset": "ultrafast"},
    "scenes": [
      {"duration": 2, "motion": "auto", "transition": {"kind": "crossfade", "duration": 0.6}},
      {"picture": {"file": "two.jpg"}, "duration": 2, "motion": "auto", "text": [{"text": "Noon", "size": 24}],
       "transition": {"kind": "crossfade", "duration": 0.6}},
      {"picture": {"file": "three.jpg"}, "duration": 2, "motion": "auto"},
      {"picture": {"file": "four.jpg"}, "duration": 2.4, "motion": "none"}],
    "music": {"file": "tune.wav", "volume_db": -18}})");
  request["scenes"][0]["picture"] = first_picture;
  return request;
}
constexpr int kFrames = 180;  // 50 + 50 + 50 + 60 less two crossfades of 15

struct Stage {
  explicit Stage(const std::string& toml = "") {
    for (const char* name : {"one", "two", "three", "four", "five"})
      write_picture(folder.path() / (std::string(name) + ".jpg"), 640, 400, name[0] + name[1]);
    write_tune(folder.path() / "tune.wav", 1.3);
    write_tune(folder.path() / "other.wav", 2.1);
    std::ofstream(folder.path() / "reeld.toml") << toml;
    start();
  }

  void start() { daemon = start_configured(folder.path()); }
  void kill() {
    test::kill(*daemon);
    daemon.reset();
  }

  std::string file(const std::string& name) const { return (folder.path() / name).string(); }

  Json ask(const std::string& method, const Json& params) {
    const auto result = daemon->client().call(method, params);
    INFO(method << (result ? "" : ": " + result.error().path + " " + result.error().message));
    REQUIRE(result);
    return *result;
  }
  Error refused(const std::string& method, const Json& params) {
    const auto result = daemon->client().call(method, params);
    REQUIRE_FALSE(result);
    return result.error();
  }

  Json end_of(const std::string& job) {
    const auto ended = daemon->client().follow(job, [](const Json&) { return true; });
    REQUIRE(ended);
    INFO(ended->dump(1));
    REQUIRE(ended->at("status") == "completed");
    return *ended;
  }
  Json render(const Json& request, const std::string& name) {
    const auto submitted = daemon->client().submit(request, file(name), folder.path().string(), "");
    REQUIRE(submitted);
    return end_of(submitted->at("job").at("id"));
  }
  std::string open(const Json& job, const Json& edits) {
    return ask("edit_open", {{"job", job.at("id")}, {"edits", edits}}).at("session").at("id");
  }
  // The version's job at its end.
  Json edit(const Json& job, const Json& edits, const std::string& name) {
    const Json begun = ask("edit_render", {{"session", open(job, edits)}, {"target", file(name)}});
    CHECK(begun.at("session").at("status") == "rendering");
    return end_of(begun.at("job").at("id"));
  }

  // One hash a frame, as decoded.
  std::vector<std::string> frames(const std::string& name) const {
    const Ran ran = run({"ffmpeg", "-v", "error", "-i", file(name), "-map", "0:v", "-f", "framemd5", "-"});
    REQUIRE(ran.status == 0);
    std::vector<std::string> hashes;
    std::istringstream lines(ran.output);
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty() && line[0] != '#') hashes.push_back(line.substr(line.rfind(' ') + 1));
    }
    return hashes;
  }
  // The same film made by a daemon that has nothing to reuse.
  std::vector<std::string> fresh_frames(const Json& request) {
    Daemon other(folder.path() / ("fresh-" + std::to_string(++fresh_)));
    const auto submitted = other.client().submit(request, file("fresh.mp4"), folder.path().string(), "");
    REQUIRE(submitted);
    const auto ended = other.client().follow(submitted->at("job").at("id"), [](const Json&) { return true; });
    REQUIRE(ended);
    REQUIRE(ended->at("status") == "completed");
    CHECK(ended->at("reused").at("frames") == 0);
    return frames("fresh.mp4");
  }

  TemporaryFolder folder;
  std::unique_ptr<Daemon> daemon;
  int fresh_ = 0;
};

Json one(const std::string& edit) {
  return Json::array({Json::parse(edit)});
}

TEST_CASE("another text in one scene: its frames alone are rendered, and the film is the one that would be") {
  Stage stage;
  const Json film = stage.render(four_scenes(), "film.mp4");
  CHECK(film.at("reused").at("frames") == 0);
  CHECK(film.at("reused").at("frame_total") == kFrames);
  const Json version =
      stage.edit(film, one(R"({"edit": "set_text", "scene": 1, "text": "Midnight"})"), "v.mp4");
  CHECK(version.at("parent") == film.at("id"));
  const Json& reused = version.at("reused");
  CHECK(reused.at("assets") == 5);
  CHECK(reused.at("asset_total") == 5);
  CHECK(reused.at("sound") == true);
  // Scene 1 is frames 35 to 84; its crossfades are the first and the last 15 of them.
  CHECK(reused.at("frames") == kFrames - 50);
  CHECK(reused.at("frame_total") == kFrames);
  const auto before = stage.frames("film.mp4"), after = stage.frames("v.mp4");
  REQUIRE(before.size() == kFrames);
  REQUIRE(after.size() == kFrames);
  for (std::size_t i = 0; i < before.size(); ++i) {
    INFO(i);
    if (i < 35 || i >= 85) CHECK(before[i] == after[i]);
  }
  CHECK(before[60] != after[60]);
  CHECK(after == stage.fresh_frames(version.at("request")));
}

TEST_CASE("other music: no frame is rendered, and nothing but the music is fetched") {
  Stage stage;
  const Json film = stage.render(four_scenes(), "film.mp4");
  const Json version =
      stage.edit(film, one(R"({"edit": "set_music", "music": {"file": "other.wav"}})"), "v.mp4");
  CHECK(version.at("reused").at("frames") == kFrames);
  CHECK(version.at("reused").at("assets") == 4);
  CHECK(version.at("reused").at("asset_total") == 5);
  CHECK(version.at("reused").at("sound") == false);
  CHECK(stage.frames("film.mp4") == stage.frames("v.mp4"));
  // Louder: the same music, mixed anew.
  const Json louder = stage.edit(
      film, one(R"({"edit": "set_music", "music": {"file": "tune.wav", "volume_db": -6}})"), "louder.mp4");
  CHECK(louder.at("reused").at("assets") == 5);
  CHECK(louder.at("reused").at("sound") == false);
  const Json silent = stage.edit(film, one(R"({"edit": "set_music", "music": null})"), "silent.mp4");
  CHECK(silent.at("reused").at("frames") == kFrames);
  CHECK(silent.at("video").at("audio_codec").is_null());
}

TEST_CASE("scenes that change places, go or are trimmed: what stays as it was is not rendered") {
  Stage stage;
  const Json film = stage.render(four_scenes(), "film.mp4");
  // The last two come first: the first of them no longer begins in a crossfade, nor does the last end in one.
  const Json moved = stage.edit(film, one(R"({"edit": "reorder", "order": [2, 3, 0, 1]})"), "moved.mp4");
  CHECK(moved.at("reused").at("frames") == 60 + 35 + 15);
  CHECK(stage.frames("moved.mp4") == stage.fresh_frames(moved.at("request")));
  const Json shorter = stage.edit(film, one(R"({"edit": "delete", "scene": 2})"), "shorter.mp4");
  CHECK(shorter.at("reused").at("frame_total") == kFrames - 50);
  CHECK(shorter.at("reused").at("frames") == 35 + 15 + 20);  // the next crossfade leads to another scene
  CHECK(stage.frames("shorter.mp4") == stage.fresh_frames(shorter.at("request")));
  const Json trimmed =
      stage.edit(film, one(R"({"edit": "trim", "scene": 0, "duration": 1.6})"), "trimmed.mp4");
  CHECK(trimmed.at("reused").at("frame_total") == kFrames - 10);
  CHECK(trimmed.at("reused").at("frames") == kFrames - 50);  // scene 0 moves otherwise in each of its frames
  CHECK(stage.frames("trimmed.mp4") == stage.fresh_frames(trimmed.at("request")));
  const Json longer = stage.edit(
      film,
      one(R"({"edit": "insert", "position": 4, "clip": {"picture": {"file": "five.jpg"}, "duration": 1}})"),
      "longer.mp4");
  CHECK(longer.at("reused").at("frames") == kFrames);
  CHECK(longer.at("reused").at("frame_total") == kFrames + 25);
}

TEST_CASE("a preview tells what the version then does, and does nothing itself") {
  Stage stage;
  const Json film = stage.render(four_scenes(), "film.mp4");
  const Json edits = Json::parse(R"([{"edit": "set_text", "scene": 1, "text": "Midnight"},
    {"edit": "set_picture", "scene": 3, "picture": {"file": "five.jpg"}}])");
  const std::string session = stage.open(film, edits);
  const Json preview = stage.ask("edit_preview", {{"session", session}});
  CHECK(preview.at("exact") == true);
  CHECK(preview.at("to_fetch") ==
        Json::parse(R"([{"role": "picture", "scene": 3, "provider": "file", "path": "/scenes/3/picture"}])"));
  CHECK(stage.ask("edit_show", {{"session", session}}).at("session").at("status") == "draft");
  CHECK(stage.ask("versions", {{"job", film.at("id")}}).at("versions").size() == 1);
  const Json version = stage.edit(film, edits, "v.mp4");
  CHECK(version.at("request") == preview.at("request"));
  CHECK(version.at("reused") == preview.at("reused"));
}

TEST_CASE("an asset that an edit names by its id is reused, and seen before") {
  Stage stage;
  const Json film = stage.render(four_scenes(), "film.mp4");
  std::string two;
  for (const Json& asset : film.at("assets")) {
    CHECK(asset.at("reused") == false);
    if (asset.at("role") == "picture" && asset.at("scene") == 1) two = asset.at("id");
  }
  const auto with = [](const std::string& asset) {
    return Json::array({{{"edit", "set_picture"}, {"scene", 3}, {"picture", {{"asset", asset}}}}});
  };
  const std::string unknown = stage.open(film, with("no-such-asset"));
  CHECK(stage.refused("edit_preview", {{"session", unknown}}).path == "/scenes/3/picture/asset");
  const Json preview = stage.ask("edit_preview", {{"session", stage.open(film, with(two))}});
  CHECK(preview.at("exact") == true);
  CHECK(preview.at("to_fetch").empty());
  CHECK(preview.at("reused").at("assets") == 5);
  const Json version = stage.edit(film, with(two), "v.mp4");
  CHECK(version.at("reused") == preview.at("reused"));
  CHECK(version.at("reused").at("frames") == kFrames - 60);
  for (const Json& asset : version.at("assets")) CHECK(asset.at("reused") == true);
  // A version of it has the same wish, by the same id.
  const Json titled = stage.edit(version, one(R"({"edit": "set_title", "title": "Other"})"), "titled.mp4");
  CHECK(titled.at("reused").at("frames") == kFrames);
  CHECK(titled.at("reused").at("assets") == 5);
}

TEST_CASE("an identical film again takes every frame, whoever asked for it first") {
  Stage stage;
  stage.render(four_scenes(), "film.mp4");
  const Json again = stage.render(four_scenes(), "again.mp4");
  CHECK(again.at("reused").at("frames") == kFrames);
  CHECK(again.at("reused").at("sound") == true);
  CHECK(again.at("reused").at("assets") == 0);  // the files were looked at again
  CHECK(stage.frames("film.mp4") == stage.frames("again.mp4"));
}

TEST_CASE("a scene that plays a speech of the record gets new words by the same voice") {
  Stage stage;
  Json spoken = four_scenes();
  spoken["scenes"][0]["speech"] = {{"text", "One."}, {"voice", "de"}, {"speed", 1.5}};
  const auto speech_of = [](const Json& job) {
    for (const Json& asset : job.at("assets")) {
      if (asset.at("role") == "speech") return asset;
    }
    return Json();
  };
  const std::string said = speech_of(stage.render(spoken, "spoken.mp4")).at("id");
  spoken["scenes"][0]["speech"] = {{"asset", said}, {"text", "One."}};
  const Json film = stage.render(spoken, "film.mp4");
  CHECK(speech_of(film).at("id") == said);

  const Json other = speech_of(
      stage.edit(film, one(R"({"edit": "set_speech", "scene": 0, "speech": "Another."})"), "v.mp4"));
  CHECK(other.at("id") != said);
  CHECK(other.at("prompt") == "Another.");
  CHECK(other.at("params").at("voice") == "de");
  CHECK(other.at("params").at("speed") == 1.5);
}

TEST_CASE("without a cache all is rendered, and assets are given all the same") {
  Stage stage("segment_cache_mb = 0\n");
  const Json film = stage.render(four_scenes(), "film.mp4");
  const Json version = stage.edit(film, one(R"({"edit": "set_title", "title": "Other"})"), "v.mp4");
  CHECK(version.at("reused").at("frames") == 0);
  CHECK(version.at("reused").at("assets") == 5);
  CHECK_FALSE(fs::exists(stage.daemon->data_dir() / "segments"));
  CHECK(stage.frames("film.mp4") == stage.frames("v.mp4"));
}

TEST_CASE("kept segments that were spoilt are rendered anew") {
  Stage stage;
  const Json film = stage.render(four_scenes(), "film.mp4");
  int spoilt = 0;
  for (const auto& entry : fs::recursive_directory_iterator(stage.daemon->data_dir() / "segments")) {
    if (!entry.is_regular_file()) continue;
    if (++spoilt % 2 == 0) {
      fs::resize_file(entry.path(), entry.file_size() / 2);
    } else {
      std::fstream file(entry.path(), std::ios::in | std::ios::out);
      file.seekp(static_cast<std::streamoff>(entry.file_size() / 2));
      file << "spoilt";
    }
  }
  REQUIRE(spoilt > 4);
  const Json version = stage.edit(film, one(R"({"edit": "set_title", "title": "Other"})"), "v.mp4");
  CHECK(version.at("reused").at("frames") == 0);
  CHECK(stage.frames("v.mp4") == stage.frames("film.mp4"));
  const Json again = stage.edit(film, one(R"({"edit": "set_title", "title": "Third"})"), "w.mp4");
  CHECK(again.at("reused").at("frames") == kFrames);
}

TEST_CASE("a daemon killed while a version renders goes on with it, and the session ends with it") {
  Stage stage("segment_seconds = 1\n");
  Json request = four_scenes();
  request["output"].update(Json::parse(R"({"width": 1280, "height": 720, "preset": "medium"})"));
  const Json film = stage.render(request, "film.mp4");
  const std::string session = stage.open(film, one(R"({"edit": "set_output", "output": {"crf": 20}})"));
  const std::string job =
      stage.ask("edit_render", {{"session", session}, {"target", stage.file("v.mp4")}}).at("job").at("id");
  const auto is_rendering = [](const Json& event) {
    return event.at("type") == "progress" && event.at("body").value("frame", 0) > 0;
  };
  (void)stage.daemon->client().follow(job, [&](const Json& event) { return !is_rendering(event); });
  stage.kill();
  stage.start();
  CHECK(stage.ask("edit_show", {{"session", session}}).at("session").at("status") == "rendering");
  const Json version = stage.end_of(job);
  CHECK(version.at("reused").at("assets") == 5);
  const Json ended = stage.ask("edit_show", {{"session", session}}).at("session");
  CHECK(ended.at("status") == "completed");
  CHECK(ended.at("edited_video_path") == stage.file("v.mp4"));
  CHECK(ended.at("edited_video_url") == "file://" + stage.file("v.mp4"));
  // Asked once more, it is told that this was done.
  CHECK(stage.refused("edit_render", {{"session", session}, {"target", stage.file("v.mp4")}}).code ==
        Code::invalid_state);
}

TEST_CASE("a version of a version, and what is left when their films are forgotten") {
  Stage stage;
  const Json film = stage.render(four_scenes(), "film.mp4");
  const Json first = stage.edit(film, one(R"({"edit": "move", "scene": 3, "position": 0})"), "a.mp4");
  const Json second = stage.edit(first, one(R"({"edit": "set_text", "scene": 2, "text": "Dusk"})"), "b.mp4");
  CHECK(second.at("reused").at("assets") == 5);
  CHECK(second.at("reused").at("frames") == kFrames - 50);
  const Json line = stage.ask("versions", {{"job", first.at("id")}}).at("versions");
  REQUIRE(line.size() == 3);
  CHECK(line[0].at("job").at("id") == film.at("id"));
  CHECK(line[2].at("depth") == 2);
  CHECK(line[2].at("reused") == second.at("reused"));
  const std::string open = stage.open(first, Json::array());
  // No method forgets a job: the record is changed while nobody uses it.
  stage.kill();
  REQUIRE(
      run({"/usr/bin/python3", "-c",
           "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute('PRAGMA foreign_keys = ON'); "
           "db.execute('DELETE FROM jobs WHERE id = ?', sys.argv[2:]); db.commit()",
           (stage.folder.path() / "daemon" / "data" / "reeld.db").string(),
           first.at("id").get<std::string>()})
          .status == 0);
  stage.start();
  CHECK(stage.ask("versions", {{"job", second.at("id")}}).at("versions").size() == 1);
  CHECK(stage.refused("edit_preview", {{"session", open}}).code == Code::not_found);
  const Json third = stage.edit(second, one(R"({"edit": "set_title", "title": "Third"})"), "c.mp4");
  CHECK(third.at("reused").at("frames") == kFrames);
  CHECK(third.at("reused").at("assets") == 5);
}

TEST_CASE("files that changed or went are in a version as they were in its film") {
  Stage stage;
  const Json film = stage.render(four_scenes(), "film.mp4");
  fs::remove(stage.file("one.jpg"));
  write_picture(stage.file("two.jpg"), 640, 400, 99);
  const Json version = stage.edit(film, one(R"({"edit": "set_title", "title": "Other"})"), "v.mp4");
  CHECK(version.at("reused").at("frames") == kFrames);
  CHECK(stage.frames("film.mp4") == stage.frames("v.mp4"));
}

TEST_CASE("what is wrong with a session or its edits is told, and changes nothing") {
  Stage stage;
  const Json film = stage.render(four_scenes(), "film.mp4");
  CHECK(stage.refused("edit_open", {{"job", "no-such-job"}}).code == Code::not_found);
  const Error bad = stage.refused(
      "edit_open", {{"job", film.at("id")}, {"edits", one(R"({"edit": "delete", "scene": 7})")}});
  CHECK(bad.path == "/edits/0/scene");
  const std::string session = stage.open(film, one(R"({"edit": "set_title", "title": "One"})"));
  CHECK(stage.refused("edit_change", {{"session", session}, {"edits", {{{"edit", "blur"}}}}}).path ==
        "/edits/0/edit");
  CHECK(stage
            .refused("edit_change", {{"session", session},
                                     {
                                         "edits",
                                         {{{"edit", "blur"}}},
                                     },
                                     {"mode", "append"}})
            .path == "/edits/1/edit");
  CHECK(stage.refused("edit_render", {{"session", session}, {"target", "v.mp4"}}).path == "/target");
  CHECK(stage.ask("edit_show", {{"session", session}}).at("session").at("edit_data").at("edits").size() == 1);
  stage.ask("edit_delete", {{"session", session}});
  CHECK(stage.refused("edit_show", {{"session", session}}).code == Code::not_found);
  CHECK(stage.refused("edit_delete", {{"session", session}}).code == Code::not_found);
}

TEST_CASE("sessions are listed by film and by status") {
  Stage stage;
  const Json film = stage.render(four_scenes(), "film.mp4");
  const std::string draft = stage.open(film, Json::array());
  stage.edit(film, one(R"({"edit": "set_title", "title": "One"})"), "v.mp4");
  const Json all = stage.ask("edit_list", {{"job", film.at("id")}, {"count", true}});
  CHECK(all.at("count") == 2);
  const Json drafts = stage.ask("edit_list", {{"status", "draft"}});
  REQUIRE(drafts.at("sessions").size() == 1);
  CHECK(drafts.at("sessions")[0].at("id") == draft);
}

// A daemon that asks a stand-in of Gemini, which gives another picture each time.
TEST_CASE("a provider is asked only for the picture that is new, and only that is paid for") {
  StandIn standin({"gemini"});
  TemporaryFolder keys;
  const std::string key_file = (keys.path() / "key").string();
  std::ofstream(key_file) << "test-key\n";
  fs::permissions(key_file, fs::perms(0600));
  Stage stage("[providers.gemini]\nbase_url = \"" + standin.base_url() + "\"\nkey_file = \"" + key_file +
              "\"\nallow_private_addresses = true\n[providers.gemini.models]\npicture = "
              "[\"gemini-2.5-flash-image\"]\n" +
              "[providers.gemini.prices.\"*\"]\nper_picture = 0.04\n");
  Json request = four_scenes({{"provider", "gemini"}, {"prompt", "a boat at dawn"}});
  request["scenes"][2]["picture"] = {{"provider", "gemini"}, {"prompt", "a boat at dawn"}};
  const auto asked = [&] { return standin.count("-image:generateContent"); };
  const Json film = stage.render(request, "film.mp4");
  REQUIRE(asked() == 2);
  const Json same = stage.edit(film, one(R"({"edit": "reorder", "order": [2, 3, 0, 1]})"), "same.mp4");
  CHECK(asked() == 2);
  CHECK(same.at("cost_usd") == 0);
  CHECK(same.at("reused").at("saved_cost_usd").get<double>() == Approx(0.08));
  const Json other = stage.edit(
      film,
      one(R"({"edit": "set_picture", "scene": 0, "picture": {"provider": "gemini", "prompt": "a boat at dusk"}})"),
      "other.mp4");
  CHECK(asked() == 3);
  CHECK(other.at("cost_usd").get<double>() == Approx(0.04));
  CHECK(other.at("reused").at("assets") == 4);
  CHECK(other.at("reused").at("saved_cost_usd").get<double>() == Approx(0.04));
}

TEST_CASE("the Python client edits a film") {
  Stage stage;
  const Json film = stage.render(four_scenes(), "film.mp4");
  const Ran ran = run({"/usr/bin/python3", std::string(REELD_SOURCE_DIR) + "/tests/apps/python_edits.py",
                       stage.daemon->endpoint(), film.at("id").get<std::string>(), stage.file("v.mp4")},
                      {"PYTHONPATH=" + std::string(REELD_SOURCE_DIR) + "/ipc/python"});
  INFO(ran.errors);
  REQUIRE(ran.status == 0);
  const Json version = Json::parse(ran.output);
  CHECK(version.at("title") == "By Python");
  CHECK(stage.frames("v.mp4").size() == kFrames - 50);
}

TEST_CASE("reelctl edits a film in one go, and says how much was reused") {
  Stage stage;
  const std::string film = stage.render(four_scenes(), "film.mp4").at("id");
  const auto reelctl = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {program("reelctl").string(), "--endpoint", stage.daemon->endpoint()});
    return run(arguments);
  };
  std::ofstream(stage.file("edits.json")) << R"([{"edit": "set_text", "scene": 1, "text": "Midnight"}])";
  std::ofstream(stage.file("bad.json")) << R"([{"edit": "set_text", "scene": 9, "text": "Midnight"}])";
  const Ran refused = reelctl({"edit", film, "--edits", stage.file("bad.json"), "-o", stage.file("v.mp4")});
  CHECK(refused.status == 1);
  CHECK(refused.errors.find("/edits/0/scene") != std::string::npos);
  CHECK(reelctl({"edit", film, "-o", stage.file("v.mp4")}).status == 1);
  const Ran preview = reelctl({"edit", "preview", film, "--edits", stage.file("edits.json")});
  CHECK(preview.output.find("reused 5 of 5 assets and 130 of 180 frames") != std::string::npos);
  const Ran edited = reelctl({"edit", film, "--edits", stage.file("edits.json"), "-o", stage.file("v.mp4")});
  INFO(edited.errors);
  REQUIRE(edited.status == 0);
  CHECK(edited.output.find("reused 5 of 5 assets and 130 of 180 frames") != std::string::npos);
  CHECK(reelctl({"versions", film}).output.find("130/180 frames reused") != std::string::npos);
  const Ran listed = reelctl({"edit", "list", "--status", "completed"});
  REQUIRE(listed.output.find(stage.file("v.mp4")) != std::string::npos);
  const Ran shown = reelctl({"edit", "show", listed.output.substr(0, 36)});
  CHECK(shown.output.find("Midnight") != std::string::npos);
}

TEST_CASE("the page of editing sessions says what the daemon does") {
  Stage stage;
  const ProtocolPage page = read_protocol_page("edits.md");
  CHECK(check_refusals(*stage.daemon, page) == 2);
  Json request = four_scenes();
  request["scenes"].erase(3);
  request["scenes"].erase(2);
  request["scenes"][0]["motion"] = "zoom-in";
  request["scenes"][1].erase("transition");
  request["scenes"][1].erase("motion");
  const Json film = stage.render(request, "film.mp4");
  std::string session, version;
  const auto params_of = [&](const std::string& method, Json params) {
    // What an earlier request of the page began is done before the next.
    if (!session.empty() && version.empty() && method == "edit_show") {
      version = stage.ask("edit_show", {{"session", session}}).at("session").at("edited_job");
      stage.end_of(version);
    }
    if (session.empty() && method != "edit_open")
      session = stage.ask("edit_list", Json::object()).at("sessions").at(0).at("id");
    if (params.contains("job")) params["job"] = film.at("id");
    if (params.contains("session")) params["session"] = session;
    if (params.contains("target")) params["target"] = stage.file("v.mp4");
    if (params.contains("cursor")) params.erase("cursor");
    return params;
  };
  CHECK(check_answers(*stage.daemon, page, params_of, {"/request"}) == 9);
}

}  // namespace
}  // namespace reeld::test
