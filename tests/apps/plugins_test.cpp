// The example plugins in the whole: a daemon that has them, a film of what they make, and what reelctl says
// of them.
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/apps/daemon.hpp"

namespace reeld::test {
namespace {

struct Stage {
  TemporaryFolder folder;
  std::unique_ptr<Daemon> daemon;

  Stage() {
    const std::string config = (folder.path() / "reeld.toml").string();
    std::ofstream(config) << "plugin_dirs = [\"" << REELD_BINARY_DIR << "/plugins\"]\n";
    daemon = std::make_unique<Daemon>(folder.path() / "daemon", std::vector<std::string>{"--config", config});
  }

  Ran reelctl(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {program("reelctl"), "--endpoint", daemon->endpoint()});
    return run(arguments);
  }
};

TEST_CASE("a film is made of a plugin's pictures and a plugin's speech") {
  const Stage stage;
  const Json scene = {{"picture", {{"provider", "gradient"}, {"prompt", "sea"}, {"model", "radial"}}},
                      {"speech", {{"provider", "tone"}, {"text", "The sea lies still."}}},
                      {"duration", "speech"}};
  const Json request = {{"reeld", 1},
                        {"output", {{"width", 320}, {"height", 180}, {"encoder", "libx264"}}},
                        {"scenes", {scene}}};
  const std::string film = (stage.folder.path() / "film.mp4").string();
  const auto submitted = stage.daemon->client().submit(request, film, "/", "");
  INFO((submitted ? "" : submitted.error().path + " " + submitted.error().message));
  REQUIRE(submitted);
  const auto job = stage.daemon->client().follow(submitted->at("job").at("id").get<std::string>(),
                                                 [](const Json&) { return true; });
  REQUIRE(job);
  INFO(job->dump(2));
  REQUIRE(job->at("status") == "completed");
  CHECK(probe(film).at("streams").size() == 2);
  bool has_picture = false;
  for (const Json& asset : job->at("assets")) {
    if (asset.at("type") != "IMAGE") continue;
    has_picture = true;
    CHECK(asset.at("provider") == "gradient");
    CHECK(asset.at("model") == "radial");
  }
  CHECK(has_picture);
}

TEST_CASE("reelctl providers check tells how a plugin did, and fails where it fails") {
  const Stage stage;
  const Ran good = stage.reelctl({"providers", "check", "gradient"});
  INFO(good.output << good.errors);
  CHECK(good.status == 0);
  CHECK(good.output.find("ok    picture: makes what was asked for: image/png of 512x512") !=
        std::string::npos);
  CHECK(good.output.find("gradient: 10 checks, all passed") != std::string::npos);

  // The plugin has no model of that name, so it cannot make its sample.
  const Ran bad = stage.reelctl({"providers", "check", "gradient", "--json", "--params",
                                 R"({"picture": {"prompt": "sea", "model": "conical"}})"});
  CHECK(bad.status == 1);
  const Json checked = Json::parse(bad.output);
  CHECK(checked.at("passed") == false);
  CHECK(checked.at("checks").back().at("detail").get<std::string>().find("model_unavailable /model") == 0);

  CHECK(stage.reelctl({"providers", "check", "gradent"}).errors.find("did you mean \"gradient\"") !=
        std::string::npos);
  CHECK(stage.reelctl({"providers"}).output.find("tone") != std::string::npos);
}

}  // namespace
}  // namespace reeld::test
