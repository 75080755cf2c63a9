// Services over a network, by stand-ins on this machine: from a request to a film, and all that may go wrong
// between.
#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "providers/base64.hpp"
#include "tests/apps/configured_daemon.hpp"
#include "tests/standins/standin.hpp"

namespace reeld::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kKey = "k-7f3a9c51d2e84b06";

// A daemon that asks a stand-in of Gemini.
struct Served {
  explicit Served(const std::string& more_toml = "", const std::vector<std::string>& options = {})
      : standin({"gemini"}, with_key(options)) {
    const std::string key_file = (folder.path() / "key").string();
    std::ofstream(key_file) << kKey << "\n";
    fs::permissions(key_file, fs::perms(0600));
    std::ofstream(folder.path() / "reeld.toml")
        << more_toml << "\n[providers.gemini]\nbase_url = \"" << standin.base_url() << "\"\nkey_file = \""
        << key_file << "\"\nallow_private_addresses = true\nmax_retries = 2\nretry_delay_ms = 100\n"
        << "[providers.gemini.models]\npicture = [\"gemini-2.5-flash-image\", \"gemini-3.1-flash-image\"]\n"
        << "[providers.gemini.prices.\"*\"]\nper_picture = 0.04\n";
    daemon = start_configured(folder.path());
  }

  static std::vector<std::string> with_key(std::vector<std::string> options) {
    options.insert(options.end(), {"--key", kKey});
    return options;
  }

  std::string submit(const Json& request) {
    const auto submitted =
        daemon->client().submit(request, (folder.path() / "film.mp4").string(), folder.path().string(), "");
    if (!submitted) FAIL(submitted.error().message);
    return submitted->at("job").at("id").get<std::string>();
  }

  Json end_of(const std::string& job) {
    const auto ended = daemon->client().follow(job, [](const Json&) { return true; });
    REQUIRE(ended);
    return *ended;
  }

  Json retry(const std::string& job) {
    REQUIRE(daemon->client().call("retry", {{"job", job}}));
    return end_of(job);
  }

  Json render(const Json& request) { return end_of(submit(request)); }
  std::size_t pictures_asked() { return standin.count("-image:generateContent"); }

  TemporaryFolder folder;
  StandIn standin;
  std::unique_ptr<Daemon> daemon;
};

Json picture(const std::string& prompt) {
  return {{"provider", "gemini"}, {"prompt", prompt}};
}

Json two_scenes() {
  return {{"reeld", 1},
          {"output",
           {{"width", 320}, {"height", 180}, {"fps", 25}, {"encoder", "libx264"}, {"preset", "ultrafast"}}},
          {"scenes",
           {{{"picture", picture("a boat at dawn")}, {"duration", 0.5}},
            {{"picture", picture("a harbour at noon")}, {"duration", 0.5}}}}};
}

// What Gemini says with a picture.
Json picture_answer(const std::string& bytes) {
  return {
      {"candidates",
       {{{"content",
          {{"role", "model"},
           {"parts",
            {{{"inlineData", {{"mimeType", "image/png"}, {"data", providers::base64_encoded(bytes)}}}}}}}},
         {"finishReason", "STOP"}}}}};
}

const Json& asset_of(const Json& job, const std::string& role, int scene) {
  const auto it = std::ranges::find_if(job.at("assets"), [&](const Json& asset) {
    return asset.at("role") == role && asset.at("scene") == scene;
  });
  REQUIRE(it != job.at("assets").end());
  return *it;
}

bool holds(const fs::path& file, const std::string& text) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream bytes;
  bytes << in.rdbuf();
  return bytes.str().find(text) != std::string::npos;
}

TEST_CASE("what services make becomes a film, and the record says how it was made and what it cost",
          "[services]") {
  Served served;
  Json request = two_scenes();
  request["scenes"][0]["picture"].update({{"seed", 7}, {"count", 2}});
  request["scenes"][1]["speech"] = {{"provider", "gemini"}, {"text", "And so the day goes on."}};
  request["scenes"][1]["captions"] = true;
  request["scenes"][1]["duration"] = "speech";
  const Json job = served.render(request);
  INFO(job.dump(2));
  REQUIRE(job["status"] == "completed");
  const Json& first = asset_of(job, "picture", 0);
  CHECK(first["provider"] == "gemini");
  CHECK(first["source_type"] == "GENERATED");
  CHECK(first["model_asked"] == "gemini-2.5-flash-image");
  CHECK(first["model"] == "gemini-2.5-flash-image");
  CHECK(first["prompt"] == "a boat at dawn");
  CHECK(first["seed"] == 7);
  CHECK(first["output_tokens"].get<int>() > 1000);
  CHECK(first["response_seconds"].get<double>() > 0);
  CHECK(first["cost_usd"].get<double>() == Approx(0.08));
  CHECK(asset_of(job, "picture_alternative", 0)["sha256"] != first["sha256"]);
  CHECK(asset_of(job, "speech", 1)["words_estimated"] == true);
  CHECK(job["cost_usd"].get<double>() == Approx(0.12));
  CHECK(job["model_fallback_occurred"] == false);

  const auto health = served.daemon->client().call("health", Json::object());
  REQUIRE(health);
  for (const Json& provider : health->at("providers")) {
    if (provider["name"] != "gemini") continue;
    for (const Json& model : provider["models"]) {
      if (model["model"] == "gemini-2.5-flash-image") CHECK(model["last_hour"]["success_rate"] == 1.0);
    }
  }
}

TEST_CASE("the key is in nothing that the daemon writes or says", "[services]") {
  Served served;
  served.standin.dial({{{"match", "a boat"},
                        {"match_body", "boat"},
                        {"fault", "status"},
                        {"status", 500},
                        {"times", 1},
                        {"message", std::string("your key ") + kKey + " broke us"}}});
  const Json job = served.render(two_scenes());
  REQUIRE(job["status"] == "completed");
  served.standin.dial({{{"match", "generateContent"},
                        {"fault", "status"},
                        {"status", 400},
                        {"times", -1},
                        {"message", std::string("the key ") + kKey + " is not welcome"}}});
  const std::string failing = served.submit(two_scenes());
  const Json failed = served.end_of(failing);
  CHECK(failed["status"] == "failed");
  CHECK(failed["error"]["message"].get<std::string>().find("is not welcome") != std::string::npos);
  CHECK(failed.dump().find(kKey) == std::string::npos);
  const auto events = served.daemon->client().call("watch", {{"job", failing}});
  REQUIRE(events);
  CHECK(events->dump().find(kKey) == std::string::npos);
  const auto providers = served.daemon->client().call("health", Json::object());
  CHECK(providers->dump().find(kKey) == std::string::npos);
  served.daemon->send(SIGTERM);
  served.daemon->wait();
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(served.folder.path() / "daemon")) {
    if (!entry.is_regular_file()) continue;
    INFO(entry.path());
    CHECK_FALSE(holds(entry.path(), kKey));
    ++files;
  }
  CHECK(files > 3);  // the database, pictures, the log
}

TEST_CASE("an overloaded service is asked again, and nobody notices", "[services]") {
  Served served;
  served.standin.dial({{{"match", "generateContent"}, {"fault", "status"}, {"status", 503}, {"times", 2}}});
  const Json job = served.render(two_scenes());
  INFO(job.dump(2));
  CHECK(job["status"] == "completed");
  CHECK(served.pictures_asked() == 4);
}

TEST_CASE("a scene that fails throws nothing of the others away", "[services]") {
  Served served;
  served.standin.dial(
      {{{"match", "generateContent"}, {"match_body", "harbour"}, {"fault", "refusal"}, {"times", 1}}});
  const std::string id = served.submit(two_scenes());
  const Json failed = served.end_of(id);
  CHECK(failed["status"] == "failed");
  CHECK(failed["error"]["code"] == "provider_refused");
  CHECK(failed["error"]["path"] == "/scenes/1/picture");
  CHECK(served.pictures_asked() == 2);
  const Json job = served.retry(id);
  INFO(job.dump(2));
  CHECK(job["status"] == "completed");
  CHECK(served.pictures_asked() == 3);  // the first scene's is there already
}

TEST_CASE("a picture that cannot be read is made anew by a retry", "[services]") {
  Served served;
  Json request = two_scenes();
  for (Json& scene : request["scenes"]) scene["picture"]["seed"] = 5;
  // A PNG's beginning and end with nothing that can be decoded between: only a decoder finds out.
  const std::string hollow =
      std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x40\0\0\0\x40\x08\x02\0\0\0\x25\x0b\xe6\x89", 33) +
      std::string("\0\0\0\0IEND\xae\x42\x60\x82", 12);
  served.standin.dial({{{"match", "generateContent"},
                        {"match_body", "harbour"},
                        {"fault", "wrong_shape"},
                        {"times", 1},
                        {"body", picture_answer(hollow)}}});
  const std::string id = served.submit(request);
  const Json failed = served.end_of(id);
  INFO(failed.dump(2));
  CHECK(failed["error"]["code"] == "picture_invalid");
  CHECK(failed["error"]["path"] == "/scenes/1/picture");
  CHECK(served.retry(id)["status"] == "completed");
  CHECK(served.pictures_asked() == 3);
}

TEST_CASE("another model answers where the request allows it, and the job says so", "[services]") {
  Served served("", {"--gone", "gemini-2.5-flash-image"});
  Json request = two_scenes();
  SECTION("not allowed") {
    const Json job = served.render(request);
    CHECK(job["status"] == "failed");
    CHECK(job["error"]["code"] == "model_unavailable");
    CHECK(job["error"]["message"].get<std::string>().find("no longer available") != std::string::npos);
  }
  SECTION("allowed") {
    request["allow_fallback"] = true;
    const Json job = served.render(request);
    INFO(job.dump(2));
    REQUIRE(job["status"] == "completed");
    CHECK(job["model_fallback_occurred"] == true);
    CHECK(asset_of(job, "picture", 0)["model_asked"] == "gemini-2.5-flash-image");
    CHECK(asset_of(job, "picture", 0)["model"] == "gemini-3.1-flash-image");
    CHECK(std::ranges::any_of(job["warnings"], [](const Json& warning) {
      return warning["message"].get<std::string>().find("did not answer") != std::string::npos;
    }));
  }
}

TEST_CASE("a budget stops a job before it is exceeded", "[services]") {
  Served served;
  Json request = two_scenes();
  SECTION("the job's own") {
    request["budget_usd"] = 0.05;  // one picture's 0.04
    const Json job = served.render(request);
    CHECK(job["error"]["code"] == "budget_exceeded");
    CHECK(served.pictures_asked() <= 1);
  }
  SECTION("one that is enough") {
    request["budget_usd"] = 0.08;
    CHECK(served.render(request)["status"] == "completed");
  }
}

TEST_CASE("a day's budget holds over all jobs", "[services]") {
  Served served("day_budget_usd = 0.1");
  CHECK(served.render(two_scenes())["status"] == "completed");
  CHECK(served.render(two_scenes())["error"]["code"] == "budget_exceeded");
  CHECK(served.pictures_asked() <= 3);
}

TEST_CASE("what a job would cost is said before anything is asked", "[services]") {
  Served served;
  std::ofstream(served.folder.path() / "request.json") << two_scenes();
  const Ran ran = run({program("reelctl"), "--endpoint", served.daemon->endpoint(), "submit", "--dry-run",
                       (served.folder.path() / "request.json").string()});
  INFO(ran.output << ran.errors);
  CHECK(ran.status == 0);
  CHECK(ran.output.find("At most $0.0800 in all.") != std::string::npos);
  CHECK(served.pictures_asked() == 0);
}

TEST_CASE("a request that leads to this machine is refused, whatever name it goes by", "[services]") {
  Served served;
  Json request = two_scenes();
  request["scenes"][0]["picture"] = {{"url", served.standin.base_url() + "/picture.png"}};
  const Json job = served.render(request);
  CHECK(job["error"]["code"] == "address_not_allowed");
  CHECK(job["error"]["path"] == "/scenes/0/picture/url");
}

TEST_CASE("who can be asked is listed, and a configuration that cannot be followed names its key",
          "[services]") {
  Served served;
  const Ran ran = run({program("reelctl"), "--endpoint", served.daemon->endpoint(), "providers"});
  CHECK(ran.status == 0);
  CHECK(ran.output.find("gemini") != std::string::npos);
  CHECK(ran.output.find("espeak-ng") != std::string::npos);
  const std::string config = (served.folder.path() / "bad.toml").string();
  std::ofstream(config) << "[providers.gemini]\nmax_retries = 99\n";
  const Ran bad =
      run({program("reeld"), "--config", config, "--data-dir", (served.folder.path() / "other").string()});
  CHECK(bad.status == 1);
  CHECK(bad.errors.find("[providers.gemini] /max_retries: must be a whole number from 1 to 10") !=
        std::string::npos);
}

}  // namespace
}  // namespace reeld::test
