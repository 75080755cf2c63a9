// What goes of the events of jobs, and what stays.
#include "tests/storage/storage_helpers.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

namespace reeld::storage {
namespace {

constexpr std::int64_t kLater = 4102444800LL * 1000000;  // 2100
constexpr std::int64_t kPlenty = 1000000;

// "status stage progress finished": what a job's events are.
std::string told(Database& db, const std::string& job) {
  std::string types;
  const auto events = db.events_after(job, 0, 1000000);
  REQUIRE(events);
  for (const Event& event : *events) types += (types.empty() ? "" : " ") + event.type;
  return types;
}

void tell(Database& db, const std::string& job, const std::vector<std::string>& types) {
  for (const std::string& type : types) REQUIRE(db.append_event(job, type, {{"percent", 1}}));
}

std::string ended_job(Database& db) {
  const std::string job = made(db).id;
  tell(db, job, {"status", "stage", "progress", "progress", "warning"});
  REQUIRE(db.set_status(job, JobStatus::cancelled));
  tell(db, job, {"finished"});
  return job;
}

TEST_CASE("of a job that ended its statuses and its end stay, and of one at work everything") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string ended = ended_job(*db), working = made(*db).id;
  tell(*db, working, {"status", "progress", "progress"});
  CHECK(*db->rotate_events(0, kPlenty) == 0);
  CHECK(told(*db, ended) == "status stage progress progress warning finished");
  CHECK(*db->rotate_events(kLater, kPlenty) == 4);
  CHECK(told(*db, ended) == "status finished");
  CHECK(told(*db, working) == "status progress progress");
  CHECK(*db->rotate_events(kLater, kPlenty) == 0);
}

TEST_CASE("numbers of events are never given twice, also where a job's end was not told") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string job = made(*db).id;
  tell(*db, job, {"status", "progress", "progress"});
  REQUIRE(db->set_status(job, JobStatus::cancelled));
  CHECK(*db->rotate_events(kLater, kPlenty) == 1);
  CHECK(db->append_event(job, "status", Json::object())->seq == 4);
}

TEST_CASE("of too many events the oldest go") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string first = ended_job(*db), second = ended_job(*db);
  CHECK(*db->rotate_events(0, 4) == 4);
  CHECK(told(*db, first) == "status finished");
  CHECK(told(*db, second) == "status stage progress progress warning finished");
  CHECK(*db->rotate_events(0, 0) == 4);
  CHECK(told(*db, second) == "status finished");
}

TEST_CASE("more events than are removed at once go all the same, and others write meanwhile") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string job = made(*db).id;
  {
    SQLite::Database raw((dir / "reeld.db").string(), SQLite::OPEN_READWRITE);
    raw.exec(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) "
        "INSERT INTO progress_events (job_id, seq, created_at, type, body) "
        "SELECT '" +
        job + "', i, i, 'progress', '{}' FROM n");
  }
  REQUIRE(db->set_status(job, JobStatus::cancelled));
  tell(*db, job, {"finished"});
  CHECK(*db->rotate_events(kLater, kPlenty) == 2500);
  CHECK(told(*db, job) == "finished");
}

TEST_CASE("old events are found by an index") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  SQLite::Database raw((dir / "reeld.db").string());
  SQLite::Statement plan(
      raw,
      "EXPLAIN QUERY PLAN SELECT job_id, seq FROM progress_events WHERE type IN "
      "('stage', 'progress', 'warning') AND created_at < 5 AND (created_at, job_id, seq) > "
      "(1, 'j', 1) ORDER BY created_at, job_id, seq");
  REQUIRE(plan.executeStep());
  CHECK(plan.getColumn(3).getString().find("INDEX progress_events_rotated") != std::string::npos);
  CHECK_FALSE(plan.executeStep());
}

}  // namespace
}  // namespace reeld::storage
