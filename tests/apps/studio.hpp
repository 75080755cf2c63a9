// A daemon of a test's own with a project in its record, a stand-in of Gemini for pictures, and a folder of
// the user's files.
#pragma once

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "storage/projects.hpp"
#include "storage/users.hpp"
#include "tests/apps/configured_daemon.hpp"
#include "tests/standins/standin.hpp"

namespace reeld::test {

struct Studio {
  explicit Studio(const std::vector<std::string>& texts, const std::string& more_toml = "",
                  const std::vector<std::string>& standin_options = {},
                  const storage::Settings& settings = {})
      : standin({"gemini"}, standin_options) {
    std::ofstream(folder.path() / "key") << "test-key\n";
    std::filesystem::permissions(folder.path() / "key", std::filesystem::perms(0600));
    std::filesystem::create_directories(folder.path() / "mine");
    std::ofstream(folder.path() / "reeld.toml")
        << "allowed_roots = [\"" << (folder.path() / "mine").string() << "\"]\n"
        << more_toml << "\n[providers.gemini]\nbase_url = \"" << standin.base_url() << "\"\nkey_file = \""
        << (folder.path() / "key").string() << "\"\nallow_private_addresses = true\nmax_retries = 1\n"
        << "retry_delay_ms = 100\n[providers.gemini.models]\n"
        << "picture = [\"gemini-2.5-flash-image\", \"gemini-3.1-flash-image\"]\n"
        << "[providers.gemini.prices.\"*\"]\nper_picture = 0.04\n";
    std::filesystem::create_directories(folder.path() / "daemon" / "data");
    const auto database = storage::Database::open(folder.path() / "daemon" / "data" / "reeld.db");
    REQUIRE(database);
    REQUIRE(storage::Users(**database).set_settings(storage::kLocalUser, settings));
    storage::Project wanted;
    wanted.title = "Harbour";
    wanted.category = "travel";
    wanted.tone = "calm";
    wanted.language = "en";
    storage::Projects projects(**database);
    project = projects.create(wanted, {texts.begin(), texts.end()})->id;
    const auto made = projects.scenes(project);
    for (const storage::Scene& scene : *made) scenes.push_back(scene.id);
    start();
  }

  void start() { daemon = start_configured(folder.path()); }

  Result<Json> call(const std::string& method, const Json& params) {
    return daemon->client().call(method, params);
  }
  // The takes that the method began, each at its end.
  Json ends(const std::string& method, const Json& params) {
    const auto begun = call(method, params);
    INFO((begun ? "" : begun.error().path + " " + begun.error().message));
    REQUIRE(begun);
    Json takes = Json::array();
    for (const Json& take :
         begun->contains("takes") ? begun->at("takes") : Json::array({begun->at("take")})) {
      CHECK(take.at("status") == "pending");
      takes.push_back(end_of(take.at("id")));
    }
    return takes;
  }
  Json end_of(const std::string& take) {
    const auto ended = daemon->client().wait_for_take(take);
    REQUIRE(ended);
    return *ended;
  }
  Json end(const std::string& method, const Json& params) { return ends(method, params).at(0); }
  Error refused(const std::string& method, const Json& params) {
    const auto reply = call(method, params);
    REQUIRE_FALSE(reply);
    return reply.error();
  }
  std::int64_t assets() { return call("stats", Json::object())->at("assets").get<std::int64_t>(); }
  // What the database says, asked beside the daemon.
  std::string sql(const std::string& statement) {
    const Ran ran = run({"/usr/bin/python3", "-c",
                         "import sqlite3, sys\n"
                         "db = sqlite3.connect(sys.argv[1], timeout=10)\n"
                         "db.execute('PRAGMA foreign_keys = ON')\n"
                         "print(db.execute(sys.argv[2]).fetchone())\n"
                         "db.commit()",
                         (folder.path() / "daemon" / "data" / "reeld.db").string(), statement});
    INFO(ran.errors);
    REQUIRE(ran.status == 0);
    return ran.output;
  }
  void wait_until_asked(std::size_t times) {
    for (int i = 0; i < 600 && standin.count("generateContent") < times; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    REQUIRE(standin.count("generateContent") >= times);
  }

  TemporaryFolder folder;
  StandIn standin;
  std::string project;
  std::vector<std::string> scenes;
  std::unique_ptr<Daemon> daemon;
};

}  // namespace reeld::test
