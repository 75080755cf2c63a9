// From a paragraph to a film: offline, and by services over a network (stand-ins on this machine).
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/apps/daemon.hpp"
#include "tests/standins/standin.hpp"

namespace reeld::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kParagraph =
    "At dawn the boats leave the harbour. The sea is calm, and the nets are dry. By noon they are back with "
    "the catch.";

Ran reelctl(const Daemon& daemon, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {program("reelctl"), "--endpoint", daemon.endpoint()});
  return run(arguments);
}

Json read_json(const fs::path& file) {
  std::ifstream in(file);
  return Json::parse(in);
}

// Small and quick, and otherwise the request as the script made it.
Json shrink(Json request) {
  request["output"].update(
      {{"width", 320}, {"height", 180}, {"fps", 25}, {"encoder", "libx264"}, {"preset", "ultrafast"}});
  request["output"].erase("aspect");
  for (Json& scene : request["scenes"]) scene["captions"]["size"] = 14;
  return request;
}

Json finished_job(const Ran& rendered) {
  INFO(rendered.output << rendered.errors);
  REQUIRE(rendered.status == 0);
  const std::string lines = rendered.output.substr(0, rendered.output.find_last_not_of('\n') + 1);
  const Json last = Json::parse(lines.substr(lines.find_last_of('\n') + 1));
  return last.contains("body") ? last.at("body") : last;
}

std::vector<Json> assets(const Json& job, const std::string& role) {
  std::vector<Json> found;
  std::ranges::copy_if(job.at("assets"), std::back_inserter(found),
                       [&](const Json& asset) { return asset["role"] == role; });
  return found;
}

double seconds_of(const fs::path& film) {
  return std::stod(probe(film).at("format").at("duration").get<std::string>());
}

TEST_CASE("a paragraph becomes a film without a network: pictures of a folder, and a voice of this machine",
          "[paragraph]") {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "pictures");
  write_picture(folder.path() / "pictures" / "harbour.jpg", 800, 600, 1);
  write_picture(folder.path() / "pictures" / "calm sea.jpg", 800, 600, 2);
  write_picture(folder.path() / "pictures" / "market.jpg", 800, 600, 3);
  const std::string request = (folder.path() / "film.json").string();
  const std::string film = (folder.path() / "film.mp4").string();
  Daemon daemon(folder.path() / "daemon");
  const Ran script = reelctl(daemon, {"script", kParagraph, "--platform", "shorts", "--pictures",
                                      (folder.path() / "pictures").string(), "-o", request});
  INFO(script.errors);
  REQUIRE(script.status == 0);
  const Json small = shrink(read_json(request));
  std::ofstream(request) << small;
  const Json job = finished_job(reelctl(daemon, {"--json", "render", request, "-o", film}));
  CHECK(job["cost_usd"] == 0.0);
  const auto pictures = assets(job, "picture");
  REQUIRE(pictures.size() >= 2);
  CHECK(pictures[0]["metadata"].dump().find("calm sea") != std::string::npos);  // two of its words
  const auto speech = assets(job, "speech");
  REQUIRE(speech.size() == pictures.size());
  CHECK(speech[0]["words_estimated"] == false);  // espeak-ng tells when it says each word
  CHECK(seconds_of(film) > 5);
  CHECK(seconds_of(film) < 25);
}

TEST_CASE("a text becomes a film by services alone: a writer with a critic, a painter, a speaker",
          "[paragraph]") {
  const TemporaryFolder folder;
  StandIn standin({"gemini", "elevenlabs"});
  const std::string key = (folder.path() / "key").string();
  std::ofstream(key) << "test-key\n";
  fs::permissions(key, fs::perms(0600));
  const auto table = [&](const std::string& name) {
    return "[providers." + name + "]\nbase_url = \"" + standin.base_url() + "\"\nkey_file = \"" + key +
           "\"\nallow_private_addresses = true\nretry_delay_ms = 100\n";
  };
  std::ofstream(folder.path() / "reeld.toml") << table("gemini") << table("elevenlabs");
  Daemon daemon(folder.path() / "daemon", {"--config", (folder.path() / "reeld.toml").string()});
  const std::string request = (folder.path() / "film.json").string();
  const std::string film = (folder.path() / "film.mp4").string();
  const Ran script = reelctl(
      daemon, {"script", kParagraph, "--passes", "1", "--provider", "gemini", "--picture-provider", "gemini",
               "--speech-provider", "elevenlabs", "--voice", "21m00Tcm4TlvDq8ikWAM", "-o", request});
  INFO(script.errors);
  REQUIRE(script.status == 0);
  CHECK(standin.count("gemini-2.5-flash:generateContent") >= 2);  // director and critic
  const Json small = shrink(read_json(request));
  std::ofstream(request) << small;
  const Json job = finished_job(reelctl(daemon, {"--json", "render", request, "-o", film}));
  for (const Json& picture : assets(job, "picture")) CHECK(picture["provider"] == "gemini");
  const auto speech = assets(job, "speech");
  REQUIRE_FALSE(speech.empty());
  for (const Json& one : speech) {
    CHECK(one["provider"] == "elevenlabs");
    CHECK(one["words_estimated"] == false);
  }
  CHECK(seconds_of(film) > 5);
}

}  // namespace
}  // namespace reeld::test
