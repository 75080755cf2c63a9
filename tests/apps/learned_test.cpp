// Scores by a model that a user gives, and conditions on what was measured, by a real daemon.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "tests/apps/daemon.hpp"

namespace reeld::test {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::Matches;
namespace fs = std::filesystem;

struct Stage {
  Stage() {
    write_picture(folder.path() / "one.jpg", 800, 600, 1);
    write_picture(folder.path() / "two.jpg", 800, 600, 2);
  }

  // The mean of the red channel, 0..1, as what a user takes for beauty, or for what he names.
  void give_model(const std::string& metric = "aesthetic_quality", const std::string& more_output = "") {
    const fs::path models = daemon.data_dir() / "models";
    fs::create_directories(models);
    const std::string command =
        "/usr/bin/python3 " REELD_SOURCE_DIR "/tests/engine/make_networks.py " + models.string();
    REQUIRE(std::system(command.c_str()) == 0);
    std::ofstream(models / "red.json")
        << R"({"model": "red", "metric": ")" + metric + R"(", "file": "first_channel.onnx",
      "input": {"width": 16, "height": 8, "fit": "stretch"}, "output": {"meaning": "score")"
        << more_output << "}}";
  }

  static Json request(const Json& quality) {
    return {{"reeld", 1},
            {"output", {{"width", 320}, {"height", 180}, {"encoder", "libx264"}, {"device", "cpu"}}},
            {"quality", quality},
            {"scenes",
             {{{"picture", {{"file", "one.jpg"}}}, {"duration", 0.4}},
              {{"picture", {{"file", "two.jpg"}}}, {"duration", 0.4}}}}};
  }

  Json call(const std::string& method, const Json& params = Json::object()) {
    const auto answer = daemon.client().call(method, params);
    INFO((answer ? "" : answer.error().message));
    REQUIRE(answer);
    return *answer;
  }

  // Why a film is not even begun.
  Error refused(const Json& quality) {
    const auto submitted =
        daemon.client().submit(request(quality), target().string(), folder.path().string(), "");
    REQUIRE_FALSE(submitted);
    return submitted.error();
  }

  // The job at its end.
  Json done(const Json& quality) {
    const auto submitted =
        daemon.client().submit(request(quality), target().string(), folder.path().string(), "");
    INFO((submitted ? "" : submitted.error().message));
    REQUIRE(submitted);
    const std::string job = submitted->at("job").at("id");
    REQUIRE(daemon.client().follow(job, [](const Json&) { return true; }));
    return call("show", {{"job", job}}).at("job");
  }

  // Of a scene, or of the whole film; null where there is none.
  Json score(const Json& job, const Json& scene, const std::string& name) {
    const Json metrics = call("metrics", {{"job", job.at("id")}});
    for (const Json& score : metrics.at("scores")) {
      if (score.at("name") == name && score.at("scene") == scene) return score;
    }
    return nullptr;
  }

  fs::path target() const { return folder.path() / "film.mp4"; }

  TemporaryFolder folder;
  Daemon daemon{folder.path() / "daemon"};
};

Json at_least(const std::string& metric, double value, const char* otherwise) {
  return {{"reach", {{{"metric", metric}, {"at_least", value}}}}, {"otherwise", otherwise}};
}

TEST_CASE("what needs a model that is not there is refused before anything is made, and told by models",
          "[learned]") {
  Stage stage;
  const Error refused = stage.refused({{"pictures", at_least("aesthetic_quality", 0.5, "warn")}});
  CHECK(refused.path == "/quality/pictures/reach/0/metric");
  CHECK_THAT(refused.message, Contains("no model in"));
  const Json models = stage.call("models");
  CHECK(models.at("models").empty());
  CHECK(models.at("absent").size() == 3);
}

TEST_CASE("a film's pictures are scored by natural-scene statistics and by the user's model", "[learned]") {
  Stage stage;
  stage.give_model();
  const Json models = stage.call("models");
  REQUIRE(models.at("models").size() == 1);
  CHECK(models.at("models")[0].at("model") == "red");
  CHECK(models.at("absent").size() == 2);

  const Json job = stage.done(Json::object());
  INFO(job.dump(1));
  CHECK(job.at("status") == "completed");
  CHECK(job.at("warnings").empty());
  for (const char* name : {"brisque", "niqe"}) {
    const Json score = stage.score(job, 0, name);
    REQUIRE_FALSE(score.is_null());
    CHECK(score.at("model") == "reeld-scenes-2");
    CHECK(score.at("value") >= 0);
  }
  const Json first = stage.score(job, 0, "aesthetic_quality"),
             second = stage.score(job, 1, "aesthetic_quality");
  REQUIRE_FALSE(first.is_null());
  REQUIRE_FALSE(second.is_null());
  CHECK(first.at("model") == "red");
  const double mean = (first.at("value").get<double>() + second.at("value").get<double>()) / 2;
  CHECK(stage.score(job, nullptr, "aesthetic_quality").at("value").get<double>() == Approx(mean));
}

TEST_CASE("a picture must reach what a user's model says of it", "[learned]") {
  Stage stage;
  stage.give_model();
  CHECK(stage.done({{"pictures", at_least("aesthetic_quality", 0.01, "fail")}}).at("status") == "completed");
  fs::remove(stage.target());
  const Json failed = stage.done({{"pictures", at_least("aesthetic_quality", 0.99, "fail")}});
  CHECK(failed.at("error").at("code") == "quality_not_reached");
  CHECK_FALSE(fs::exists(stage.target()));
}

TEST_CASE("pictures and films must reach a metric of the user's own", "[learned]") {
  Stage stage;
  const Error unknown = stage.refused({{"film", at_least("redness", 0.01, "fail")}});
  CHECK(unknown.path == "/quality/film/reach/0/metric");
  CHECK_THAT(unknown.message, Contains("no metric \"redness\" of films") && Contains(", flicker,"));
  stage.give_model("redness");
  CHECK(stage.call("models").at("models")[0].at("reach") == Json{"pictures", "film"});

  Json quality = {{"pictures", at_least("redness", 0.01, "fail")},
                  {"film", at_least("redness", 0.01, "fail")}};
  const Json job = stage.done(quality);
  INFO(job.dump(1));
  CHECK(job.at("status") == "completed");
  CHECK(job.at("warnings").empty());
  const Json score = stage.score(job, 0, "redness");
  REQUIRE_FALSE(score.is_null());
  CHECK(score.at("model") == "red");
  const Json tries = stage.call("metrics", {{"job", job.at("id")}}).at("pictures");
  REQUIRE(tries.size() == 2);
  CHECK(tries[0].at("scores").at("redness") == score.at("value"));
  CHECK_FALSE(stage.score(job, nullptr, "redness").is_null());
  fs::remove(stage.target());

  quality["film"]["reach"][0]["at_least"] = 0.99;
  CHECK(stage.done(quality).at("error").at("path") == "/quality/film");
  quality["pictures"]["reach"][0]["at_least"] = 0.99;
  CHECK(stage.done(quality).at("error").at("path") == "/scenes/0/picture");
  CHECK_FALSE(fs::exists(stage.target()));
}

TEST_CASE("which way a user's metric is good, its unit and its range are told wherever it is", "[learned]") {
  Stage stage;
  stage.give_model("redness", R"(, "better": "lower", "unit": "reds", "range": [0, 1])");
  const Json model = stage.call("models").at("models")[0];
  CHECK(model.at("better") == "lower");
  CHECK(model.at("unit") == "reds");
  CHECK(model.at("range") == Json{0.0, 1.0});
  for (const char* gate : {"pictures", "film"}) {
    const Error refused = stage.refused({{gate, at_least("redness", 2, "fail")}});
    CHECK(refused.path == std::string("/quality/") + gate + "/reach/0/at_least");
    CHECK_THAT(refused.message, Contains("2.0 is not allowed: redness is 0.0 to 1.0"));
  }

  const Json job = stage.done(Json::object());
  const Json score = stage.score(job, 0, "redness");
  REQUIRE_FALSE(score.is_null());
  CHECK(score.at("better") == "lower");
  CHECK(score.at("unit") == "reds");
  CHECK(score.at("range") == Json{0.0, 1.0});
  CHECK(stage.call("metric_list", {{"name", "redness"}}).at("metrics")[0].at("better") == "lower");
  const std::string id = job.at("id");
  const auto reelctl = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {program("reelctl"), "--endpoint", stage.daemon.endpoint()});
    const Ran ran = run(words);
    CHECK(ran.status == 0);
    return ran.output;
  };
  CHECK_THAT(reelctl({"metrics", id}), Matches("[^]*redness \\(reds\\) by red +lower +0\\.\\.1 [^]*"));
  CHECK_THAT(reelctl({"metrics", id}), Matches("[^]*noise \\(levels\\) +lower +0\\.\\. [^]*"));
  CHECK_THAT(reelctl({"models"}), Matches("[^]*redness \\(reds\\) +lower +0\\.\\.1 +red [^]*"));
  const std::string page = (stage.folder.path() / "report.html").string();
  reelctl({"metrics", id, "--report", page});
  std::ifstream in(page);
  CHECK_THAT(std::string(std::istreambuf_iterator<char>(in), {}),
             Contains("redness, reds") && Contains("lower is better, 0 to 1"));

  // Nobody says any more; the scores stay.
  fs::remove(stage.daemon.data_dir() / "models" / "red.json");
  CHECK(stage.score(job, 0, "redness").at("value") == score.at("value"));
  CHECK(stage.score(job, 0, "redness").at("better").is_null());
}

TEST_CASE("a film that does not reach what was measured of it gets no name", "[learned]") {
  Stage stage;
  CHECK(stage.done({{"film", at_least("temporal_consistency", 0.9, "fail")}}).at("status") == "completed");
  fs::remove(stage.target());
  Json quality = {{"fidelity", true}, {"film", at_least("psnr", 99, "fail")}};
  const Json failed = stage.done(quality);
  INFO(failed.dump(1));
  CHECK(failed.at("error").at("code") == "quality_not_reached");
  CHECK_THAT(failed.at("error").at("message").get<std::string>(), Contains("psnr is"));
  CHECK_FALSE(fs::exists(stage.target()));

  quality["film"]["otherwise"] = "warn";
  const Json warned = stage.done(quality);
  CHECK(warned.at("status") == "completed");
  CHECK(warned.at("warnings").size() == 1);
  CHECK(stage.score(warned, nullptr, "psnr").at("value") > 20);
}

}  // namespace
}  // namespace reeld::test
