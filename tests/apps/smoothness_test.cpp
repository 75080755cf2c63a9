// Jitter is what people complain about in every other tool: a picture that moves slowly must move smoothly.
#include <catch2/catch.hpp>

#include "tests/apps/daemon.hpp"

namespace reeld::test {

TEST_CASE("a grid of dots under a slow zoom and pan keeps within 0.005 px RMS of a smooth path") {
  const TemporaryFolder folder;
  const std::string bench = std::string(REELD_SOURCE_DIR) + "/bench/jitter/";
  const auto file = [&](const char* name) { return (folder.path() / name).string(); };
  REQUIRE(run({"/usr/bin/python3", bench + "dots.py", file("dots.png")}).status == 0);
  // Lossless, since an encoder adds jitter of its own. A third of the size and half of the time of
  // bench/jitter/run's, as the distance is in output pixels whatever their number.
  const Json request = Json::parse(R"({"reeld": 1,
    "output": {"width": 1280, "height": 720, "fps": 30, "encoder": "libx264", "preset": "ultrafast", "crf": 0},
    "scenes": [{"picture": {"file": "dots.png"}, "duration": 2.5,
      "motion": {"from": {"x": 0, "y": 0, "w": 1, "h": 1}, "to": {"x": 0.13, "y": 0.13, "w": 0.87, "h": 0.87}}}]})");
  Daemon daemon(folder.path() / "daemon");
  const auto submitted = daemon.client().submit(request, file("dots.mp4"), folder.path().string(), "");
  REQUIRE(submitted);
  const auto job = daemon.client().follow(submitted->at("job").at("id").get<std::string>(),
                                          [](const Json&) { return true; });
  REQUIRE(job);
  INFO(job->dump(1));
  REQUIRE(job->at("status") == "completed");
  const Ran measured = run({"/usr/bin/python3", bench + "jitter.py", file("dots.mp4"), "--max", "0.005"});
  INFO(measured.output << measured.errors);
  CHECK(measured.status == 0);
}

}  // namespace reeld::test
