// Groups of films that are compared, against the real daemon and its workers.
#include <signal.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <thread>

#include "engine/picture.hpp"
#include "tests/apps/page_check.hpp"
#include "tests/standins/standin.hpp"

namespace reeld::test {
namespace {

namespace fs = std::filesystem;

Json film(double seconds) {
  return {{"reeld", 1},
          {"title", "Harbour"},
          {"output",
           {{"width", 320}, {"height", 180}, {"fps", 25}, {"encoder", "libx264"}, {"preset", "ultrafast"}}},
          {"scenes", {{{"picture", {{"file", "one.jpg"}}}, {"duration", seconds}}}}};
}

Json with_music(Json request) {
  request["music"] = {{"file", "tune.wav"}, {"volume_db", -6}};
  return request;
}

struct Stage {
  explicit Stage(const std::vector<std::string>& arguments = {}) {
    write_picture(folder.path() / "one.jpg", 640, 400, 1);
    write_tune(folder.path() / "tune.wav", 1.0);
    fs::create_directories(films());
    start(arguments);
  }
  void start(const std::vector<std::string>& arguments = {}) {
    daemon = std::make_unique<Daemon>(folder.path() / "daemon", arguments);
  }

  fs::path films() const { return folder.path() / "films"; }
  std::string file(const std::string& name) const { return (films() / name).string(); }

  Result<Json> ask(const std::string& method, const Json& params) const {
    return daemon->client().call(method, params);
  }
  Json answer(const std::string& method, const Json& params) const {
    const auto reply = ask(method, params);
    INFO(method << (reply ? "" : ": " + reply.error().path + " " + reply.error().message));
    REQUIRE(reply);
    return *reply;
  }
  Result<Json> create(const std::string& type, const Json& request, const Json& variations) const {
    return ask("group_create", {{"comparison_type", type},
                                {"request", request},
                                {"variations", variations},
                                {"target_dir", films().string()},
                                {"base_dir", folder.path().string()}});
  }
  // The group's id.
  std::string made(const std::string& type, const Json& request, const Json& variations) const {
    const auto group = create(type, request, variations);
    INFO((group ? "" : group.error().path + " " + group.error().message));
    REQUIRE(group);
    return group->at("group").at("id");
  }
  // Its films, each at its end.
  Json rendered(const std::string& group) const {
    const Json shown = answer("group_show", {{"group", group}});
    for (const Json& film : shown.at("films")) {
      REQUIRE(daemon->client().follow(film.at("id"), [](const Json&) { return true; }));
    }
    return answer("group_show", {{"group", group}}).at("films");
  }
  // Asks until it is done.
  Result<Json> done(const std::string& method, const Json& params) const {
    auto reply = ask(method, params);
    while (reply && reply->at("status") == "running") {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      reply = ask(method, params);
    }
    return reply;
  }
  Json finished(const std::string& method, const Json& params) const {
    const auto reply = done(method, params);
    INFO(method << (reply ? "" : ": " + reply.error().message));
    REQUIRE(reply);
    return *reply;
  }

  TemporaryFolder folder;
  std::unique_ptr<Daemon> daemon;
};

Json metric(const Json& comparison, const std::string& name) {
  for (const Json& row : comparison.at("metrics")) {
    if (row.at("name") == name) return row;
  }
  return nullptr;
}

long long frames_of(const Json& probed) {
  return std::stoll(probed.at("streams").at(0).at("nb_read_frames").get<std::string>());
}

TEST_CASE("variations that break a rule are refused before anything is made, and named") {
  const Stage stage;
  const Json plain = {{"label", "plain"}};
  const struct {
    Json variation;
    const char* type;
    Code code;
    std::string path;
  } kCases[] = {
      {{{"label", "plain"}}, "settings", Code::invalid_request, "/variations/1/label"},
      {{{"label", ""}}, "settings", Code::invalid_request, "/variations/1/label"},
      {{{"label", "two\nlines"}}, "settings", Code::invalid_request, "/variations/1/label"},
      {{{"label", 7}}, "settings", Code::invalid_request, "/variations/1/label"},
      {"small", "settings", Code::invalid_request, "/variations/1"},
      {{{"chnges", Json::object()}}, "settings", Code::unknown_field, "/variations/1/chnges"},
      {{{"changes", {1, 2}}}, "settings", Code::invalid_request, "/variations/1/changes"},
      {{{"changes", {{"output", {{"crf", 99}}}}}},
       "settings",
       Code::invalid_request,
       "/variations/1/output/crf"},
      {{{"changes", {{"scenes", nullptr}}}}, "settings", Code::invalid_request, "/variations/1/scenes"},
      {{{"patch", {{{"op", "remove"}, {"path", "/scenes/7"}}}}},
       "settings",
       Code::invalid_request,
       "/variations/1/patch/0"},
      {{{"patch", {{{"op", "test"}, {"path", "/title"}, {"value", "Hills"}}}}},
       "settings",
       Code::invalid_request,
       "/variations/1/patch/0"},
      {{{"patch", {"crf"}}}, "settings", Code::invalid_request, "/variations/1/patch/0"},
      {{{"prompt", "a boat"}}, "settings", Code::invalid_request, "/variations/1/prompt"},
      {{{"prompt", "a boat"}}, "prompt", Code::unknown_field, "/variations/1/scenes/0/picture/prompt"},
  };
  for (const auto& one : kCases) {
    INFO(one.variation.dump());
    const auto refused = stage.create(one.type, film(1), {plain, one.variation});
    REQUIRE_FALSE(refused);
    INFO(refused.error().message);
    CHECK(refused.error().code == one.code);
    CHECK(refused.error().path == one.path);
  }
  Json doubling = Json::array();
  for (int i = 0; i < 30; ++i)
    doubling.push_back({{"op", "copy"}, {"from", ""}, {"path", "/x" + std::to_string(i)}});
  const auto large = stage.create("settings", film(1), {plain, {{"patch", doubling}}});
  REQUIRE_FALSE(large);
  CHECK(large.error().code == Code::limit_exceeded);
  const auto nowhere = stage.ask("group_create", {{"comparison_type", "settings"},
                                                  {"request", film(1)},
                                                  {"variations", {plain, Json::object()}},
                                                  {"target_dir", stage.file("no")}});
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().code == Code::target_unwritable);
  CHECK(nowhere.error().path == "/target_dir");
  CHECK(stage.answer("group_list", {{"count", true}}).at("count") == 0);
  CHECK(stage.answer("list", {{"count", true}}).at("count") == 0);
  CHECK(fs::is_empty(stage.films()));
}

TEST_CASE("a group is made once, however often it is asked for with its key") {
  const Stage stage;
  Json params = {{"comparison_type", "settings"},
                 {"request", film(0.2)},
                 {"variations", {Json::object(), {{"label", "b"}}}},
                 {"target_dir", stage.films().string()},
                 {"base_dir", stage.folder.path().string()},
                 {"idempotency_key", "once"}};
  const Json first = stage.answer("group_create", params), again = stage.answer("group_create", params);
  CHECK(first.at("repeated") == false);
  CHECK(again.at("repeated") == true);
  CHECK(again.at("group").at("id") == first.at("group").at("id"));
  CHECK(again.at("films").size() == 2);
  params["variations"][1]["label"] = "c";
  const auto other = stage.ask("group_create", params);
  REQUIRE_FALSE(other);
  CHECK(other.error().code == Code::conflict);
  CHECK(stage.answer("list", {{"count", true}}).at("count") == 2);
}

TEST_CASE("a group that the queue has no room for is refused whole") {
  const TemporaryFolder folder;
  const std::string config = (folder.path() / "reeld.toml").string();
  std::ofstream(config) << "queue_limit = 3\n";
  const Stage stage({"--config", config});
  const Json four = {Json::object(), Json::object(), Json::object(), Json::object()};
  const auto refused = stage.create("settings", film(1), four);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::busy);
  CHECK(stage.answer("list", {{"count", true}}).at("count") == 0);
  const std::string group = stage.made("settings", film(0.2), {Json::object(), Json::object()});
  const Json films = stage.rendered(group);
  CHECK(films.at(0).at("label") == "1");
  CHECK(films.at(1).at("target") == stage.file("2.mp4"));
}

TEST_CASE("films of other settings are compared by what their files are, in a table, a sheet and a film") {
  const Stage stage;
  const std::string group =
      stage.made("settings", with_music(film(1)),
                 {{{"label", "as it is"}},
                  {{"label", "small"}, {"changes", {{"output", {{"crf", 48}}}}}},
                  {{"label", "longer/zoom"},
                   {"changes", {{"title", "Harbour, nearer"}}},
                   {"patch",
                    {{{"op", "replace"}, {"path", "/scenes/0/duration"}, {"value", 1.6}},
                     {{"op", "add"}, {"path", "/scenes/0/motion"}, {"value", "zoom-in"}}}}}});
  const auto too_early = stage.ask("group_sheet", {{"group", group}, {"target", stage.file("sheet.png")}});
  if (!too_early) CHECK(too_early.error().code == Code::invalid_state);
  const Json films = stage.rendered(group);
  const char* const names[] = {"as-it-is.mp4", "small.mp4", "longer-zoom.mp4"};
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(films.at(i).at("status") == "completed");
    CHECK(films.at(i).at("target") == stage.file(names[i]));
    CHECK(films.at(i).at("group") == group);
  }
  CHECK(films.at(2).at("title") == "Harbour, nearer");

  const Json compared = stage.finished("group_compare", {{"group", group}});
  const Json sizes = metric(compared, "size_bytes"), lengths = metric(compared, "duration_seconds");
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(sizes.at("values").at(i) == fs::file_size(stage.file(names[i])));
    CHECK(std::stod(probe(stage.file(names[i])).at("format").at("duration").get<std::string>()) ==
          Approx(lengths.at("values").at(i).get<double>()).margin(0.001));
  }
  CHECK(sizes.at("best") == Json({1}));
  CHECK(sizes.at("differences").at(1).get<double>() ==
        sizes.at("values").at(1).get<double>() - sizes.at("values").at(0).get<double>());
  CHECK(lengths.at("best").empty());
  const Json ssim = metric(compared, "ssim_to_first"), psnr = metric(compared, "psnr_to_first");
  CHECK(ssim.at("values").at(0).is_null());
  CHECK(ssim.at("values").at(1).get<double>() > 0.3);
  CHECK(ssim.at("values").at(1).get<double>() < 0.999);
  CHECK(psnr.at("values").at(1).get<double>() > 10);
  CHECK(psnr.at("values").at(1).get<double>() < 60);
  REQUIRE(compared.at("not_measured").size() == 1);
  CHECK(compared.at("not_measured").at(0).at("reason") == "it has 40 frames, the first film 25");
  CHECK(stage.answer("group_show", {{"group", group}}).at("comparison") == compared.at("metrics"));

  SECTION("in a sheet, a row a film") {
    const Json sheet = stage.finished(
        "group_sheet", {{"group", group}, {"target", stage.file("sheet.png")}, {"columns", 4}});
    const auto picture = engine::load_picture(stage.file("sheet.png"));
    REQUIRE(picture);
    CHECK(picture->width == sheet.at("width"));
    CHECK(picture->height == sheet.at("height"));
    CHECK(picture->width > 4 * 320);
    CHECK(picture->height > 3 * 180);
    CHECK(fs::file_size(stage.file("sheet.png")) == sheet.at("size_bytes"));
    CHECK(sheet.at("left_out").empty());
    const Json jpeg = stage.finished("group_sheet", {{"group", group}, {"target", stage.file("sheet.jpg")}});
    CHECK(engine::load_picture(stage.file("sheet.jpg"))->width == jpeg.at("width"));
    if (const char* const keep = std::getenv("REELD_KEEP_SHEET"))
      fs::copy_file(stage.file("sheet.png"), keep);
  }
  SECTION("in one film, as long as the longest") {
    const Json all =
        stage.finished("group_side_by_side", {{"group", group}, {"target", stage.file("all.mp4")}});
    CHECK(all.at("columns") == 2);
    CHECK(all.at("rows") == 2);
    const Json probed = probe(stage.file("all.mp4"));
    const Json& video = probed.at("streams").at(0);
    CHECK(video.at("width") == 640);
    CHECK(video.at("height") == 360);
    CHECK(video.at("r_frame_rate") == "25/1");
    CHECK(frames_of(probed) == 40);
    CHECK(std::stod(video.at("duration").get<std::string>()) == Approx(1.6).margin(0.001));
    CHECK(probed.at("streams").at(1).at("codec_name") == "aac");
    CHECK(std::stod(probed.at("streams").at(1).at("duration").get<std::string>()) == Approx(1).margin(0.1));
    CHECK(all.at("video").at("frame_count") == 40);
    if (const char* const keep = std::getenv("REELD_KEEP_FILM")) fs::copy_file(stage.file("all.mp4"), keep);
  }
  SECTION("and the films stay where the group goes") {
    stage.answer("group_delete", {{"group", group}});
    CHECK(stage.ask("group_show", {{"group", group}}).error().code == Code::not_found);
    const Json job = stage.answer("status", {{"job", films.at(0).at("id")}}).at("job");
    CHECK(job.at("group").is_null());
    CHECK(job.at("status") == "completed");
    CHECK(fs::exists(stage.file("small.mp4")));
  }
  for (const auto& entry : fs::directory_iterator(stage.films())) CHECK(entry.path().extension() != ".part");
}

TEST_CASE("what cannot be drawn or made is said in typed errors") {
  const Stage stage;
  const std::string group = stage.made("settings", film(60), {Json::object(), Json::object()});
  const auto refused = [&](const std::string& method, const std::string& target) {
    const auto reply = stage.done(method, {{"group", group}, {"target", target}});
    REQUIRE_FALSE(reply);
    return reply.error();
  };
  CHECK(refused("group_sheet", stage.file("sheet.png")).code == Code::invalid_state);
  CHECK(refused("group_side_by_side", stage.file("all.mp4")).code == Code::invalid_state);
  CHECK(refused("group_sheet", stage.file("sheet.gif")).path == "/target");
  CHECK(refused("group_sheet", "sheet.png").path == "/target");
  CHECK(refused("group_side_by_side", stage.file("no/all.mp4")).code == Code::target_unwritable);
  const Json at_work = stage.answer("group_show", {{"group", group}});
  for (const Json& one : at_work.at("films")) stage.answer("cancel", {{"job", one.at("id")}});
  stage.rendered(group);
  CHECK(refused("group_sheet", stage.file("sheet.png")).message.find("no completed film") !=
        std::string::npos);
}

TEST_CASE("a film that failed is told in the comparison, and left out of what is shown") {
  const Stage stage;
  const std::string group =
      stage.made("settings", film(0.4),
                 {{{"label", "there"}},
                  {{"label", "gone"},
                   {"patch", {{{"op", "replace"}, {"path", "/scenes/0/picture/file"}, {"value", "no.jpg"}}}}},
                  {{"label", "the same"}}});
  stage.rendered(group);
  const Json compared = stage.finished("group_compare", {{"group", group}});
  CHECK(compared.at("films").at(1).at("status") == "failed");
  CHECK(compared.at("films").at(1).at("error").at("code") == "file_missing");
  REQUIRE(compared.at("not_measured").size() == 1);
  CHECK(compared.at("not_measured").at(0).at("reason") == "the film is failed");
  CHECK(metric(compared, "size_bytes").at("values").at(1).is_null());
  CHECK(metric(compared, "ssim_to_first").at("values") == Json({nullptr, nullptr, 1.0}));
  CHECK(metric(compared, "psnr_to_first").at("values") == Json({nullptr, nullptr, 100.0}));
  const Json group_now = stage.answer("group_show", {{"group", group}}).at("group");
  CHECK(group_now.at("films") == 3);
  CHECK(group_now.at("done") == 3);
  CHECK(group_now.at("completed") == 2);
  const Json all =
      stage.finished("group_side_by_side", {{"group", group}, {"target", stage.file("all.mp4")}});
  REQUIRE(all.at("left_out").size() == 1);
  CHECK(all.at("left_out").at(0).at("label") == "gone");
  CHECK(all.at("video").at("audio_codec").is_null());
  CHECK(frames_of(probe(stage.file("all.mp4"))) == 10);

  // A file that went since is no film any more.
  fs::remove(stage.file("there.mp4"));
  const auto sheet = stage.done("group_sheet", {{"group", group}, {"target", stage.file("sheet.png")}});
  REQUIRE_FALSE(sheet);
  CHECK(sheet.error().code == Code::file_missing);
  CHECK_FALSE(fs::exists(stage.file("sheet.png")));
}

TEST_CASE("prompts are compared by giving every picture of a film its own") {
  const StandIn standin({"gemini"});
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "key") << "test-key\n";
  fs::permissions(folder.path() / "key", fs::perms(0600));
  std::ofstream(folder.path() / "reeld.toml")
      << "[providers.gemini]\nbase_url = \"" << standin.base_url() << "\"\nkey_file = \""
      << (folder.path() / "key").string() << "\"\nallow_private_addresses = true\n"
      << "[providers.gemini.models]\npicture = [\"gemini-2.5-flash-image\"]\n";
  const Stage stage({"--config", (folder.path() / "reeld.toml").string()});
  Json request = film(0.2);
  request["scenes"] = {{{"picture", {{"provider", "gemini"}}}, {"duration", 0.2}},
                       {{"picture", {{"provider", "gemini"}}}, {"duration", 0.2}}};
  const std::string group = stage.made(
      "prompt", request,
      {{{"label", "dawn"}, {"prompt", "a boat at dawn"}}, {{"label", "noon"}, {"prompt", "a boat at noon"}}});
  const Json films = stage.rendered(group);
  for (const Json& one : films) {
    INFO(one.at("error").dump());
    REQUIRE(one.at("status") == "completed");
    const Json assets = stage.answer("show", {{"job", one.at("id")}}).at("job").at("assets");
    REQUIRE(assets.size() == 2);
    for (const Json& asset : assets)
      CHECK(asset.at("params").at("prompt") == one.at("variation").at("prompt"));
  }
  CHECK(films.at(0).at("variation").at("prompt") == "a boat at dawn");
}

TEST_CASE("a group goes on where a killed daemon left it") {
  Stage stage;
  Json request = film(4);
  request["output"]["width"] = 640;
  request["output"]["height"] = 360;
  const std::string group = stage.made(
      "settings", request,
      {{{"label", "a"}}, {{"label", "b"}, {"changes", {{"output", {{"crf", 40}}}}}}, {{"label", "c"}}});
  const Json before = stage.answer("group_show", {{"group", group}}).at("films");
  (void)stage.daemon->client().follow(before.at(0).at("id"), [](const Json& event) {
    return event.at("body").value("frame", 0) == 0;  // until the first frames are there
  });
  stage.daemon->send(SIGKILL);
  stage.daemon->wait();
  stage.start();
  const Json after = stage.rendered(group);
  REQUIRE(after.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(after.at(i).at("id") == before.at(i).at("id"));
    CHECK(after.at(i).at("label") == before.at(i).at("label"));
    CHECK(after.at(i).at("status") == "completed");
    CHECK(frames_of(probe(after.at(i).at("target").get<std::string>())) == 100);
  }

  // What is asked for while a daemon ends is made by the next one that is asked.
  REQUIRE(stage.ask("group_side_by_side", {{"group", group}, {"target", stage.file("all.mp4")}}));
  REQUIRE(stage.ask("group_compare", {{"group", group}}));
  stage.daemon->send(SIGKILL);
  stage.daemon->wait();
  stage.start();
  CHECK(stage.finished("group_side_by_side", {{"group", group}, {"target", stage.file("all.mp4")}})
            .at("video")
            .at("frame_count") == 100);
  CHECK(metric(stage.finished("group_compare", {{"group", group}}), "ssim_to_first").at("values").size() ==
        3);
  CHECK(fs::is_empty(stage.daemon->data_dir() / "groups"));
}

TEST_CASE("the real daemon answers every request of the page on groups as the page shows") {
  const Stage stage;
  fs::copy_file(stage.folder.path() / "one.jpg", stage.folder.path() / "harbour.jpg");
  const std::string group = stage.made(
      "settings", film(0.4), {{{"label", "a"}}, {{"label", "b"}, {"changes", {{"output", {{"crf", 40}}}}}}});
  stage.rendered(group);
  const auto params_of = [&](const std::string& method, Json params) {
    if (method == "group_create") {
      params["target_dir"] = stage.films().string();
      params["base_dir"] = stage.folder.path().string();
    }
    if (params.contains("group")) params["group"] = group;
    if (params.contains("target"))
      params["target"] = stage.file(fs::path(params["target"].get<std::string>()).filename());
    return params;
  };
  CHECK(check_answers(*stage.daemon, read_protocol_page("groups.md"), params_of,
                      {"/group/request", "/films/*/variation"}) == 8);
}

TEST_CASE("Python and the command line compare films as well") {
  const Stage stage;
  std::ofstream(stage.folder.path() / "film.json") << film(0.4);
  std::ofstream(stage.folder.path() / "variations.json")
      << Json({{{"label", "as it is"}}, {{"label", "small"}, {"changes", {{"output", {{"crf", 45}}}}}}});
  const auto reelctl = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {program("reelctl"), "--endpoint", stage.daemon->endpoint()});
    return run(words);
  };
  const Ran ab = reelctl({"ab", stage.folder.path() / "film.json", "--variations",
                          stage.folder.path() / "variations.json", "-o", stage.films(), "--sheet",
                          stage.file("sheet.png"), "--video", stage.file("all.mp4")});
  INFO(ab.output << ab.errors);
  REQUIRE(ab.status == 0);
  CHECK(ab.output.find("as it is") != std::string::npos);
  CHECK(ab.output.find("ssim_to_first") != std::string::npos);
  CHECK(fs::exists(stage.file("sheet.png")));
  CHECK(frames_of(probe(stage.file("all.mp4"))) == 10);
  const Json groups = Json::parse(reelctl({"--json", "group", "list"}).output).at("groups");
  REQUIRE(groups.size() == 1);
  const std::string group = groups.at(0).at("id");
  CHECK(reelctl({"group", "list"}).output.find(group) != std::string::npos);
  CHECK(reelctl({"group", "show", group}).output.find("small") != std::string::npos);
  CHECK(reelctl({"group", "compare", group}).output.find("size_bytes") != std::string::npos);
  CHECK(reelctl({"group", "sheet", group, "-o", stage.file("again.jpg")}).status == 0);
  CHECK(reelctl({"group", "video", group, "-o", stage.file("again.gif")}).status == 1);
  const Ran python =
      run({"/usr/bin/python3", std::string(REELD_SOURCE_DIR) + "/tests/apps/python_groups.py",
           stage.daemon->endpoint(), stage.folder.path(), group},
          {"PYTHONPATH=" + std::string(REELD_SOURCE_DIR) + "/ipc/python", "PYTHONDONTWRITEBYTECODE=1"});
  INFO(python.output << python.errors);
  CHECK(python.status == 0);
  CHECK(reelctl({"group", "delete", group}).status == 0);
  CHECK(reelctl({"group", "show", group}).status == 1);

  const std::vector<std::string> bad = {"ab",           stage.folder.path() / "film.json",
                                        "--variations", stage.folder.path() / "film.json",
                                        "-o",           stage.films()};
  CHECK(reelctl(bad).status == 1);
}

}  // namespace
}  // namespace reeld::test
