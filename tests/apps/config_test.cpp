#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <regex>

#include "tests/apps/daemon.hpp"

namespace reeld::test {
namespace {

// What reeld says to a configuration that it cannot follow.
std::string complaint(const std::string& toml) {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "reeld.toml").string();
  std::ofstream(file) << toml;
  const Ran ran = run({program("reeld"), "--config", file, "--data-dir", (folder.path() / "data").string()});
  CHECK(ran.status == 1);
  CHECK(ran.errors.find(file) != std::string::npos);
  return ran.errors;
}

TEST_CASE("a configuration that cannot be followed names the key, or the place") {
  CHECK(complaint("slotz = 2\n").find("there is no key slotz; the keys are allowed_roots") !=
        std::string::npos);
  CHECK(complaint("slots = 0\n").find("slots must be a whole number from 1 to 64") != std::string::npos);
  CHECK(complaint("slots = 2\nsegment_seconds = \"long\"\n").find("segment_seconds must be a number") !=
        std::string::npos);
  CHECK(complaint("segment_cache_mb = -1\n")
            .find("segment_cache_mb must be a whole number from 0 to 1000000") != std::string::npos);
  CHECK(complaint("slots = = 2\n").find("line 1") != std::string::npos);
  const Ran missing = run({program("reeld"), "--config", "/no/such/reeld.toml"});
  CHECK(missing.status == 1);
  CHECK(missing.errors.find("file_missing") != std::string::npos);
}

TEST_CASE("every configuration that the providers' page shows can be followed") {
  const TemporaryFolder folder;
  std::ifstream in(std::string(REELD_SOURCE_DIR) + "/docs/providers.md");
  const std::string key = (folder.path() / "key").string();
  std::ofstream(key) << "a key\n";
  std::filesystem::permissions(key, std::filesystem::perms(0600));
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  int blocks = 0;
  for (auto at = page.find("```toml\n"); at != std::string::npos; at = page.find("```toml\n", at + 1)) {
    const std::string block =
        std::regex_replace(page.substr(at + 8, page.find("```", at + 8) - at - 8),
                           std::regex("key_file = \"[^\"]*\""), "key_file = \"" + key + "\"");
    const std::string file = (folder.path() / "reeld.toml").string();
    std::ofstream(file) << block;
    // Behind the configuration comes the data directory, which cannot be there.
    const Ran ran = run({program("reeld"), "--config", file, "--data-dir", "/dev/null/data"});
    INFO(block << ran.errors);
    CHECK(ran.errors.find("/dev/null/data") != std::string::npos);
    ++blocks;
  }
  CHECK(blocks > 5);
}

TEST_CASE("files outside of the allowed roots are refused") {
  const TemporaryFolder folder;
  write_picture(folder.path() / "outside.jpg", 64, 64, 1);
  std::filesystem::create_directories(folder.path() / "inside");
  std::ofstream(folder.path() / "reeld.toml")
      << "allowed_roots = [\"" << (folder.path() / "inside").string() << "\"]\n";
  Daemon daemon(folder.path() / "daemon", {"--config", (folder.path() / "reeld.toml").string()});
  const Json request = {
      {"reeld", 1},
      {"scenes", {{{"picture", {{"file", (folder.path() / "outside.jpg").string()}}}, {"duration", 1}}}}};
  const auto submitted = daemon.client().submit(request, (folder.path() / "film.mp4").string(), "/", "");
  REQUIRE(submitted);
  const auto job = daemon.client().follow(submitted->at("job").at("id").get<std::string>(),
                                          [](const Json&) { return true; });
  REQUIRE(job);
  CHECK(job->at("error").at("code") == "path_not_allowed");
  CHECK(job->at("error").at("path") == "/scenes/0/picture/file");
}

}  // namespace
}  // namespace reeld::test
