// Films whose request says how true they must be to their frames: by a real daemon, with real pictures,
// speech and music.
#include <signal.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <map>
#include <thread>

#include "tests/apps/recorded_scores.hpp"

namespace reeld::test {
namespace {

namespace fs = std::filesystem;

// How far a whole film may stay below a target that its samples reach (docs/metrics/fidelity.md).
constexpr double kMargin = 0.005;

Json request_with(const Json& target, double seconds) {
  Json request = Json::parse(R"({"reeld": 1, "quality": {"fidelity": true},
    "output": {"width": 640, "height": 360, "fps": 30, "encoder": "libx264", "device": "cpu"},
    "scenes": [
      {"picture": {"file": "one.jpg"}, "motion": "zoom-in", "speech": {"text": "The boats go out at dawn."},
       "transition": {"kind": "crossfade", "duration": 0.5}},
      {"picture": {"file": "two.jpg"}, "motion": "pan-left"}],
    "music": {"file": "tune.wav"}})");
  request["output"]["target"] = target;
  for (Json& scene : request["scenes"]) scene["duration"] = seconds;
  return request;
}

struct Stage {
  Stage() {
    write_picture(folder.path() / "one.jpg", 1600, 1000, 1);
    write_picture(folder.path() / "two.jpg", 1400, 900, 2);
    write_tune(folder.path() / "tune.wav", 2);
    start();
  }
  void start() { daemon = std::make_unique<Daemon>(folder.path() / "daemon"); }
  std::string file(const std::string& name) const { return (folder.path() / name).string(); }

  std::string submit(const Json& request, const std::string& target) {
    const auto submitted = daemon->client().submit(request, file(target), folder.path().string(), "");
    INFO((submitted ? "" : submitted.error().message));
    REQUIRE(submitted);
    return submitted->at("job").at("id").get<std::string>();
  }
  // The job at its end.
  Json end_of(const std::string& job) {
    REQUIRE(daemon->client().follow(job, [](const Json&) { return true; }));
    const auto status = daemon->client().call("status", {{"job", job}});
    REQUIRE(status);
    INFO(status->dump());
    REQUIRE(status->at("job").at("status") == "completed");
    return status->at("job");
  }
  Json search_of(const std::string& job) {
    const auto usage = daemon->client().call("usage_job", {{"job", job}});
    REQUIRE(usage);
    return usage->at("resources").at("quality_search");
  }

  TemporaryFolder folder;
  std::unique_ptr<Daemon> daemon;
};

TEST_CASE("a target that cannot be meant is refused with its place") {
  Stage stage;
  const auto refused = [&](const Json& target, const Json& crf = nullptr) {
    Json request = request_with(target, 1);
    if (!crf.is_null()) request["output"]["crf"] = crf;
    const auto answer =
        stage.daemon->client().submit(request, stage.file("f.mp4"), stage.folder.path().string(), "");
    REQUIRE_FALSE(answer);
    return answer.error().path;
  };
  CHECK(refused({{"metric", "ssim"}, {"at_least", 2}}) == "/output/target/at_least");
  CHECK(refused({{"metric", "beauty"}, {"at_least", 0.5}}) == "/output/target/metric");
  CHECK(refused({{"metric", "ssim"}}) == "/output/target/at_least");
  CHECK(refused({{"metric", "ssim"}, {"at_least", "much"}}) == "/output/target/at_least");
  CHECK(refused({{"metric", "ssim"}, {"at_least", 0.97}}, 23) == "/output/target");
}

TEST_CASE("a film is as true to its frames as its target says, and larger for a higher one") {
  Stage stage;
  std::uintmax_t last_size = 0;
  for (const double at_least : {0.97, 0.995}) {
    const std::string name = std::to_string(at_least) + ".mp4";
    const std::string job = stage.submit(request_with({{"metric", "ssim"}, {"at_least", at_least}}, 3), name);
    const Json ended = stage.end_of(job);
    CHECK(ended.at("warnings").empty());
    const Json search = stage.search_of(job);
    INFO(search.dump());
    CHECK(search.at("reached") == true);
    CHECK(search.at("at_least") == at_least);
    CHECK(search.at("value") >= at_least);
    CHECK(search.at("tries").size() <= 6);
    const auto scores = film_scores(*stage.daemon, job);
    CHECK(scores.at("ssim") >= at_least - kMargin);
    CHECK(scores.at("psnr") > 25);
    CHECK(scores.at("ms_ssim") > scores.at("ssim") - 0.02);
    CHECK(scores.at("temporal_flickering") > 0.9);
    CHECK(scores.at("loudness") == Approx(-14).margin(1.5));
    CHECK(scores.at("speech_to_music") > 0);
    CHECK(scores.at("sound_clipping") == 0);
    const std::uintmax_t size = fs::file_size(stage.file(name));
    CHECK(size > last_size + last_size / 10);
    last_size = size;
  }
}

TEST_CASE("a target beyond the best quality is a warning that says what was reached") {
  Stage stage;
  const std::string job = stage.submit(request_with({{"metric", "ssim"}, {"at_least", 1}}, 1), "best.mp4");
  const Json warnings = stage.end_of(job).at("warnings");
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].at("path") == "/output/target");
  CHECK_THAT(warnings[0].at("message").get<std::string>(), Catch::Matchers::Contains("crf 1, comes to 0.99"));
  CHECK(stage.search_of(job).at("reached") == false);
  CHECK(stage.search_of(job).at("crf") == 1);
}

TEST_CASE("a daemon that is killed goes on with the quality that was found") {
  Stage stage;
  Json request = request_with({{"metric", "psnr"}, {"at_least", 38}}, 20);
  request["output"]["preset"] = "slow";
  const std::string job = stage.submit(request, "long.mp4");
  const fs::path job_folder = stage.daemon->data_dir() / "jobs" / job;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  while (!fs::exists(job_folder / "plan.json") && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  REQUIRE(fs::exists(job_folder / "plan.json"));
  stage.daemon->send(SIGKILL);
  stage.daemon->wait();
  std::ifstream in(job_folder / "choice.json");
  const Json found = Json::parse(in).at("quality_search");
  stage.daemon.reset();
  stage.start();
  stage.end_of(job);
  CHECK(stage.search_of(job) == found);
  CHECK(film_scores(*stage.daemon, job).at("psnr") > 37);
}

}  // namespace
}  // namespace reeld::test
