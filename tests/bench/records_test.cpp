// The measurement of the records, small, so that it does not rot. Nothing here looks at how long anything
// took.
#include "bench/reelbench/records.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "base/temporary_folder.hpp"
#include "storage/database.hpp"

namespace reeld::bench {
namespace {

TEST_CASE("a filled database is whole, and has what was asked for") {
  const TemporaryFolder folder;
  REQUIRE(fill_records(folder.path() / "reeld.db", {1000, 5000}));
  const auto db = storage::Database::open(folder.path() / "reeld.db");
  REQUIRE(db);
  CHECK(*(*db)->count_jobs({}) == 1000);
  storage::JobFilter filter;
  filter.user_id = filled_user(1);
  CHECK(*(*db)->count_jobs(filter) > 0);
  filter = {};
  filter.model = filled_model(1);
  CHECK(*(*db)->count_jobs(filter) > 0);
  filter = {};
  filter.from_us = kFilledFromUs;
  filter.before_us = kFilledFromUs + kFilledYearUs / 2;
  CHECK(*(*db)->count_jobs(filter) == 500);
  // A copy is checked: its structure, and that all that is referred to is there.
  CHECK((*db)->backup(folder.path() / "copy.db"));
}

TEST_CASE("every list, submits and events are measured") {
  RecordsBench bench;
  bench.filling = {1000, 5000};
  bench.submits = 20;
  bench.pages = 2;
  const auto report = run_records_bench(bench, false);
  REQUIRE(report);
  std::set<std::string> names;
  for (const Json& result : report->at("results")) {
    names.insert(result.at("name").get<std::string>());
    CHECK(result.at("median").at("p50_ms") > 0);
    CHECK(result.at("median").at("max_ms") >= result.at("median").at("p50_ms"));
  }
  for (const char* name :
       {"disk: 4 kB written and synced", "submit, one client", "submit, 8 clients", "event, 32 clients",
        "jobs of user by cost, next", "films of codec by size", "count: jobs of status",
        "page, 8 clients write", "submit while events are removed"}) {
    INFO(name);
    CHECK(names.contains(name));
  }
  CHECK(records_table(*report).find("submit, one client") != std::string::npos);
}

}  // namespace
}  // namespace reeld::bench
