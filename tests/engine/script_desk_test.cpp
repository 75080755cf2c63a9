#include "engine/script/script_desk.hpp"

#include "base/temporary_folder.hpp"
#include "tests/engine/script_fixture.hpp"

namespace reeld::test {
namespace {

using engine::ScriptDesk;

const Json kByRules = {{"text", "The boats leave the harbour."}, {"picture", {{"folder", "/p"}}}};
const Json kByWriter = {{"topic", "Boats"},
                        {"target_seconds", 20},
                        {"writer", {{"provider", "fake"}}},
                        {"picture", {{"folder", "/p"}}}};

struct Desk {
  explicit Desk(std::vector<Result<std::string>> answers, std::optional<double> day_budget_usd = {}) {
    registry.add(std::make_unique<FakeWriter>(std::move(answers)));
    auto opened = storage::Database::open(folder.path() / "reeld.db");
    REQUIRE(opened);
    database = *std::move(opened);
    desk.emplace(registry, *database, folder.path() / "scripts", day_budget_usd);
  }

  std::string start() {
    const auto started = desk->start(kByWriter);
    INFO((started ? "" : started.error().message));
    REQUIRE(started);
    CHECK(started->at("script").is_null());
    return started->at("id").get<std::string>();
  }

  // Once it is no longer being written.
  Result<Json> end_of(const std::string& id) {
    while (true) {
      auto result = desk->result(id);
      if (!result || result->at("status") != "writing") return result;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  TemporaryFolder folder;
  providers::Registry registry;
  std::unique_ptr<storage::Database> database;
  std::optional<ScriptDesk> desk;
};

TEST_CASE("the desk refuses what cannot be written") {
  Desk desk({});
  CHECK(desk.desk->start({{"text", ""}}).error().path == "/text");
  Json unknown = kByWriter;
  unknown["writer"]["provider"] = "nobody";
  const auto refused = desk.desk->start(unknown);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::provider_unavailable);
  CHECK(refused.error().path == "/writer/provider");
  CHECK(desk.desk->result("no-such-id").error().code == Code::not_found);
  CHECK(desk.desk->cancel("no-such-id").error().code == Code::not_found);
}

TEST_CASE("by rules a script is done at once, and can be asked for again") {
  Desk desk({});
  const auto started = desk.desk->start(kByRules);
  REQUIRE(started);
  CHECK(started->at("status") == "done");
  CHECK(started->at("script").at("origin") == "rules");
  CHECK(engine::parse_request(started->at("request")));
  CHECK(*desk.desk->result(started->at("id").get<std::string>()) == *started);
}

TEST_CASE("a writer writes in the background, and leaves no folder behind") {
  Desk desk({draft_json(4, 5).dump()});
  const auto done = desk.end_of(desk.start());
  REQUIRE(done);
  CHECK(done->at("status") == "done");
  CHECK(done->at("script").at("origin") == "fake/model-1");
  CHECK(engine::parse_request(done->at("request")));
  CHECK(std::filesystem::is_empty(desk.folder.path() / "scripts"));
}

TEST_CASE("what was written is in the record, and outlives the desk") {
  Desk desk({draft_json(4, 5).dump()});
  const std::string id = desk.start();
  const auto told = desk.end_of(id);
  REQUIRE(told);
  desk.desk.reset();
  desk.desk.emplace(desk.registry, *desk.database, desk.folder.path() / "scripts", std::nullopt);
  CHECK(*desk.desk->result(id) == *told);
  CHECK(desk.database->find_script(id)->brief == kByWriter);
}

TEST_CASE("what a writer may cost is set aside before it is asked, within the day's budget") {
  // The fake asks for 0.3 USD a call.
  Desk poor({draft_json(4, 5).dump()}, 0.2);
  const auto refused = poor.end_of(poor.start());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::budget_exceeded);
  Desk rich({draft_json(4, 5).dump()}, 0.5);
  CHECK(rich.end_of(rich.start()));
  // Settled: nothing is left set aside.
  CHECK(rich.database->reserve_cost({"", "fake", 0.5, std::nullopt, 0.5}));
}

TEST_CASE("a writer's failure is the answer to whoever asks for the script") {
  Desk desk({Error{Code::quota_exceeded, "come back tomorrow"}});
  const auto failed = desk.end_of(desk.start());
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == Code::quota_exceeded);
}

TEST_CASE("only so many scripts are written at once, and one that is cancelled makes room") {
  Desk desk({});  // a writer that never answers
  std::vector<std::string> ids;
  for (int i = 0; i < ScriptDesk::kMostWriting; ++i) ids.push_back(desk.start());
  CHECK(desk.desk->start(kByWriter).error().code == Code::busy);
  CHECK(desk.desk->start(kByRules));
  REQUIRE(desk.desk->cancel(ids[1]));
  CHECK(desk.end_of(ids[1]).error().code == Code::cancelled);
  desk.start();
  // The desk's end cancels the rest; a test that hangs here has found that it does not.
  desk.desk.reset();
}

TEST_CASE("old scripts make room for new ones in memory, but none that is being written") {
  Desk desk({});
  const std::string writing = desk.start();
  const std::string first = desk.desk->start(kByRules)->at("id").get<std::string>();
  for (int i = 0; i < ScriptDesk::kMostKept; ++i) REQUIRE(desk.desk->start(kByRules));
  CHECK(desk.desk->result(first)->at("status") == "done");  // from the record
  CHECK(desk.desk->result(writing)->at("status") == "writing");
}

}  // namespace
}  // namespace reeld::test
