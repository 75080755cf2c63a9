// The scores of a real film, over the protocol, by reelctl and Python, and as a page.
#include <filesystem>
#include <map>
#include <set>

#include "engine/files.hpp"
#include "tests/apps/page_check.hpp"
#include "tests/apps/studio.hpp"

namespace reeld::test {
namespace {

using Catch::Matchers::Contains;
namespace fs = std::filesystem;

struct Scored {
  Scored() {
    write_picture(file("mine/one.jpg"), 640, 400, 1);
    write_picture(file("mine/two.jpg"), 640, 400, 2);
  }

  std::string file(const std::string& name) const { return (studio.folder.path() / name).string(); }

  std::string render(const Json& quality, const std::string& target) {
    const Json request = {
        {"reeld", 1},
        {"title", "A <harbour> & hills"},
        {"output", {{"width", 320}, {"height", 180}, {"fps", 25}, {"device", "cpu"}, {"encoder", "libx264"}}},
        {"quality", quality},
        {"scenes",
         {{{"picture", {{"file", "one.jpg"}}}, {"duration", 1}, {"motion", "zoom-in"}},
          {{"picture", {{"file", "two.jpg"}}}, {"duration", 1}}}}};
    const auto submitted = studio.daemon->client().submit(request, file(target), file("mine"), "");
    REQUIRE(submitted);
    const std::string job = submitted->at("job").at("id").get<std::string>();
    REQUIRE(studio.daemon->client().follow(job, [](const Json&) { return true; }));
    REQUIRE(studio.call("status", {{"job", job}})->at("job").at("status") == "completed");
    return job;
  }

  // A figure a frame, of which one stands out, whatever measured it.
  void record_flicker(const std::string& job) {
    studio.sql(
        "INSERT OR REPLACE INTO metric_series VALUES ('" + job +
        "', 'flicker', 0, 1, (WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < "
        "49) SELECT json_group_array(iif(i = 30, 9.5, 0.5)) FROM n), 1)");
  }

  Json report(const std::string& job, const std::string& target) {
    const Json params = {{"job", job}, {"target", file(target)}};
    while (true) {
      const auto told = studio.call("metrics_report", params);
      INFO((told ? "" : told.error().message));
      REQUIRE(told);
      if (told->at("status") == "done") return *told;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  std::string read(const std::string& name) const { return *engine::read_text(file(name)); }
  Ran reelctl(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {program("reelctl").string(), "--endpoint", studio.daemon->endpoint()});
    return run(arguments);
  }

  Studio studio{{"A harbour."}};
};

TEST_CASE("where there are no scores, a sentence says why, and there is no report", "[metrics]") {
  Scored scored;
  const std::string job = scored.render({{"score", false}}, "film.mp4");
  const Json metrics = *scored.studio.call("metrics", {{"job", job}});
  CHECK(metrics.at("scores").empty());
  CHECK_THAT(metrics.at("why_not").get<std::string>(), Contains("\"score\": false"));
  const Error refused =
      scored.studio.refused("metrics_report", {{"job", job}, {"target", scored.file("r.html")}});
  CHECK(refused.code == Code::invalid_state);
  CHECK_THAT(refused.message, Contains("\"score\": false"));
  CHECK(scored.studio.refused("metrics_report", {{"job", job}, {"target", "r.html"}}).path == "/target");
  CHECK(scored.studio.refused("metrics_report", {{"job", job}, {"target", scored.file("no/r.html")}}).code ==
        Code::target_unwritable);
  const Ran told = scored.reelctl({"metrics", job});
  CHECK(told.status == 0);
  CHECK_THAT(told.output, Contains("the job has no scores"));
  CHECK(scored.reelctl({"metrics", "nothing"}).status == 1);
  CHECK_FALSE(fs::exists(scored.file("r.html")));
}

TEST_CASE("each scene's picture has its scores, which go with the job", "[metrics]") {
  Scored scored;
  const std::string job = scored.render(Json::object(), "film.mp4");
  const Json metrics = *scored.studio.call("metrics", {{"job", job}});
  INFO(metrics.dump(1));
  for (const int scene : {0, 1}) {
    std::set<std::string> names;
    for (const Json& score : metrics.at("scores")) {
      if (score.at("scene") == scene) names.insert(score.at("name"));
    }
    for (const char* name : {"image_quality", "noise", "sharpness_laplacian", "near_duplicate"}) {
      INFO(name);
      CHECK(names.contains(name));
    }
  }
  REQUIRE(metrics.at("pictures").size() == 2);
  CHECK(metrics.at("pictures")[1].at("kept") == true);
  CHECK(metrics.at("pictures")[1].at("hash").get<std::string>().size() == 16);
  CHECK(metrics.at("why_not").is_null());

  const Ran table = scored.reelctl({"metrics", job});
  CHECK(table.status == 0);
  CHECK_THAT(table.output, Contains("image_quality") && Contains("scene 1"));
  CHECK(Json::parse(scored.reelctl({"--json", "metrics", job}).output) == metrics);

  REQUIRE(scored.studio.call("job_delete", {{"job", job}}));
  CHECK(scored.studio.refused("metrics", {{"job", job}}).code == Code::not_found);
  CHECK_THAT(scored.studio.sql("SELECT (SELECT count(*) FROM picture_tries) + (SELECT count(*) FROM "
                               "quality_metrics)"),
             Contains("(0,)"));
}

TEST_CASE("a report holds all it shows, and says what is gone", "[metrics]") {
  Scored scored;
  const std::string job = scored.render(Json::object(), "film.mp4");
  scored.record_flicker(job);
  const Json made = scored.report(job, "report.html");
  CHECK(made.at("scenes") == 2);
  CHECK(made.at("frames").get<int>() >= 1);
  const std::string page = scored.read("report.html");
  CHECK(made.at("size_bytes") == page.size());
  CHECK_THAT(page, Contains("A &lt;harbour&gt; &amp; hills") && Contains("<svg") &&
                       Contains("flickers most") && Contains("0:01.20") && Contains("image quality"));
  CHECK(page.find("http") == std::string::npos);
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("src=\"data:image/jpeg;base64,/9j/") != std::string::npos);
  for (const auto& entry : fs::directory_iterator(scored.studio.folder.path())) {
    CHECK(entry.path().extension() != ".part");
  }
  CHECK_FALSE(fs::exists(scored.studio.daemon->data_dir() / "reports" / job));

  fs::remove(scored.file("film.mp4"));
  CHECK(scored.report(job, "report.html").at("frames") == 0);
  CHECK_THAT(scored.read("report.html"), Contains("The film is not there any more"));

  const Ran told = scored.reelctl({"metrics", job, "--report", scored.file("again.html")});
  INFO(told.errors);
  CHECK(told.status == 0);
  CHECK(fs::exists(scored.file("again.html")));
}

TEST_CASE("films of a group are compared by every score, each by its own better way", "[metrics]") {
  Scored scored;
  fs::create_directory(scored.file("films"));
  const Json scene = {{"picture", {{"file", "one.jpg"}}}, {"duration", 0.2}};
  const auto made = scored.studio.call(
      "group_create",
      {{"comparison_type", "settings"},
       {"request", {{"reeld", 1}, {"output", {{"width", 320}, {"height", 180}}}, {"scenes", {scene}}}},
       {"variations",
        {{{"label", "one"}},
         {{"label", "two"},
          {"patch", {{{"op", "replace"}, {"path", "/scenes/0/picture/file"}, {"value", "two.jpg"}}}}}}},
       {"target_dir", scored.file("films")},
       {"base_dir", scored.file("mine")}});
  INFO((made ? "" : made.error().message));
  REQUIRE(made);
  for (const Json& film : made->at("films")) {
    REQUIRE(scored.studio.daemon->client().follow(film.at("id"), [](const Json&) { return true; }));
  }
  const auto shown = scored.studio.call("group_show", {{"group", made->at("group").at("id")}});
  REQUIRE(shown);
  std::map<std::string, Json> rows;
  for (const Json& row : shown->at("comparison")) {
    if (row.at("scene") == 0) rows[row.at("name")] = row;
  }
  REQUIRE(rows.contains("noise"));
  CHECK(rows.at("noise").at("better") == "lower");
  CHECK(rows.at("noise").at("unit") == "levels");
  CHECK(rows.at("image_quality").at("better") == "higher");
  CHECK(rows.at("exposure").at("better").is_null());
  CHECK(rows.at("exposure").at("best").empty());
}

TEST_CASE("Python is told the scores, and writes the report", "[metrics]") {
  Scored scored;
  const std::string job = scored.render(Json::object(), "film.mp4");
  const Ran python = run({"/usr/bin/python3", std::string(REELD_SOURCE_DIR) + "/tests/apps/python_metrics.py",
                          scored.studio.daemon->endpoint(), scored.studio.folder.path().string(), job},
                         {"PYTHONPATH=" REELD_SOURCE_DIR "/ipc/python", "PYTHONDONTWRITEBYTECODE=1"});
  INFO(python.output << python.errors);
  CHECK(python.status == 0);
}

TEST_CASE("the real daemon answers every request of the page on metrics as the page shows", "[metrics]") {
  Scored scored;
  const std::string job = scored.render(Json::object(), "film.mp4");
  scored.record_flicker(job);
  const auto params_of = [&](const std::string&, Json params) {
    if (params.contains("job")) params["job"] = job;
    params.erase("group");
    if (params.contains("cursor")) params["cursor"] = Json::array({"", true, "0", "0"}).dump();
    if (params.contains("target")) params["target"] = scored.file("page.html");
    return params;
  };
  const ProtocolPage page = read_protocol_page("metrics.md");
  CHECK(check_answers(*scored.studio.daemon, page, params_of, {"/pictures/*/scores"}) == 5);
  CHECK(check_refusals(*scored.studio.daemon, page) == 2);
}

}  // namespace
}  // namespace reeld::test
