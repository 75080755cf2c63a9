// Where a film's picture scores come from: its rendering, an earlier rendering that was killed, or the task.
// They are the same.
#include <signal.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include "tests/apps/configured_daemon.hpp"

namespace reeld::test {
namespace {

namespace fs = std::filesystem;

// By scene, -1 for the film, and name.
using Values = std::map<std::pair<int, std::string>, double>;

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator(folder, gone)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  return files;
}

struct Stage {
  Stage() {
    for (int i = 0; i < 3; ++i) write_picture(folder.path() / picture(i), 640, 400, i + 1);
    std::ofstream(folder.path() / "reeld.toml") << "segment_seconds = 1\n";
    start();
  }

  void start() { daemon = start_configured(folder.path()); }
  void kill() { test::kill(*daemon); }

  static std::string picture(int number) { return "picture" + std::to_string(number) + ".jpg"; }

  // Once a rendering has scored a picture of the job.
  void kill_once_scored(const std::string& job) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (files_in(scores_of(job)).empty() && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    kill();
    REQUIRE_FALSE(files_in(scores_of(job)).empty());
  }

  // Of these pictures, a scene each; `seconds` of the last.
  std::string submit(const std::vector<int>& pictures, double seconds, const Json& quality = Json::object()) {
    Json scenes = Json::array();
    for (const int number : pictures)
      scenes.push_back({{"picture", {{"file", picture(number)}}}, {"duration", 2}, {"motion", "zoom-in"}});
    scenes.back()["duration"] = seconds;
    const Json request = {
        {"reeld", 1},
        {"seed", 3},
        {"quality", quality},
        {"output", {{"width", 320}, {"height", 180}, {"fps", 25}, {"device", "cpu"}, {"encoder", "libx264"}}},
        {"scenes", scenes}};
    const auto submitted =
        daemon->client().submit(request, (folder.path() / "film.mp4").string(), folder.path().string(), "");
    REQUIRE(submitted);
    return submitted->at("job").at("id");
  }
  Json end_of(const std::string& job) {
    const auto ended = daemon->client().follow(job, [](const Json&) { return true; });
    REQUIRE(ended);
    INFO(ended->dump(1));
    REQUIRE(ended->at("status") == "completed");
    CHECK(ended->at("warnings").empty());
    return *ended;
  }
  fs::path scores_of(const std::string& job) const { return daemon->data_dir() / "jobs" / job / "pictures"; }

  // Those of pictures: not of frames.
  Values values(const std::string& job) {
    const auto metrics = daemon->client().call("metrics", {{"job", job}});
    REQUIRE(metrics);
    Values values;
    if (metrics->at("pictures").empty()) return values;
    const Json of_pictures = metrics->at("pictures").at(0).at("scores");
    for (const Json& score : metrics->at("scores")) {
      const std::string name = score.at("name");
      if (!of_pictures.contains(name) && name != "near_duplicate" && name != "brisque" && name != "niqe")
        continue;
      const int scene = score.at("scene").is_null() ? -1 : score.at("scene").get<int>();
      CHECK(values.emplace(std::pair(scene, name), score.at("value")).second);
    }
    return values;
  }

  TemporaryFolder folder;
  std::unique_ptr<Daemon> daemon;
};

TEST_CASE("a film that is not to be scored has no picture scored", "[picture_scores]") {
  Stage stage;
  const std::string job = stage.submit({0, 1}, 20, {{"score", false}});
  bool any = false;
  const auto ended = stage.daemon->client().follow(job, [&](const Json&) {
    any = any || !files_in(stage.scores_of(job)).empty();
    return true;
  });
  REQUIRE(ended);
  CHECK(ended->at("status") == "completed");
  CHECK_FALSE(any);
  CHECK(stage.values(job).empty());
}

TEST_CASE("what was rendered now, and what was kept, has the same scores", "[picture_scores]") {
  Stage stage;
  const std::string rendered = stage.submit({0, 1, 0}, 2);
  CHECK(stage.end_of(rendered).at("reused").at("frames") == 0);
  const Values expected = stage.values(rendered);
  CHECK(expected.size() > 3 * 15);
  CHECK(expected.contains({-1, "niqe"}));
  CHECK(expected.at({0, "noise"}) == expected.at({2, "noise"}));

  const std::string kept = stage.submit({0, 1, 0}, 2);
  CHECK(stage.end_of(kept).at("reused").at("frames") == 150);
  CHECK(stage.values(kept) == expected);

  // A new scene behind those that are kept: its picture is rendered, theirs are not.
  const std::string longer = stage.submit({0, 1, 0, 2}, 2);
  CHECK(stage.end_of(longer).at("reused").at("frames") == 150);
  const std::string anew = stage.submit({2}, 2);
  stage.end_of(anew);
  const Values of_longer = stage.values(longer), of_third = stage.values(anew);
  for (const auto& [which, value] : expected) {
    const bool depends_on_others = which.first < 0 || which.second == "near_duplicate";
    if (!depends_on_others) CHECK(of_longer.at(which) == value);
  }
  for (const auto& [which, value] : of_third) {
    if (which.first == 0) CHECK(of_longer.at({3, which.second}) == value);
  }
}

TEST_CASE("a killed daemon's job goes on from the pictures that were scored", "[picture_scores]") {
  Stage stage;
  const std::string job = stage.submit({0, 1}, 60);
  stage.kill_once_scored(job);
  const fs::path scored = files_in(stage.scores_of(job)).front();
  // Such as no measuring gives, so that it is seen where it comes from.
  const double mark = 0.123;
  Json found = Json::parse(std::ifstream(scored));
  REQUIRE(found.at("pictures").at(0).at("scores").contains("exposure"));
  found["pictures"][0]["scores"]["exposure"] = mark;
  std::ofstream(scored) << found;
  stage.start();
  stage.end_of(job);
  Values resumed = stage.values(job);
  const int marked = resumed.at({0, "exposure"}) == mark ? 0 : 1;
  CHECK(resumed.at({marked, "exposure"}) == mark);

  const std::string whole = stage.submit({0, 1}, 2);
  stage.end_of(whole);
  Values expected = stage.values(whole);
  CHECK(expected.at({marked, "exposure"}) != mark);
  resumed.erase({marked, "exposure"});
  expected.erase({marked, "exposure"});
  CHECK(resumed == expected);
}

TEST_CASE("scores that cannot be read are measured again", "[picture_scores]") {
  Stage stage;
  const std::string job = stage.submit({0, 1}, 60);
  stage.kill_once_scored(job);
  for (const fs::path& file : files_in(stage.scores_of(job))) std::ofstream(file) << R"({"pictures": [{)";
  stage.start();
  stage.end_of(job);
  const std::string whole = stage.submit({0, 1}, 2);
  stage.end_of(whole);
  CHECK(stage.values(job) == stage.values(whole));
}

}  // namespace
}  // namespace reeld::test
