#include "storage/database.hpp"

#include <sqlite3.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>

#include "storage/migrations.hpp"
#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

TEST_CASE("what was written is there after opening again, and migrations twice do nothing") {
  const TempDir dir;
  const std::string id = made(*opened(dir / "reeld.db")).id;
  const auto db = opened(dir / "reeld.db");
  CHECK(db->schema_version() == all_migrations().back().version);
  const Job job = *db->find_job(id);
  CHECK(job.title == "A film");
  CHECK(job.target == "/out/film.mp4");
  CHECK(job.request == some_job().request);
  CHECK_FALSE(std::filesystem::exists(dir / "reeld.db.before-0002"));
}

TEST_CASE("a database of version 1 with a job in it moves forward, with a copy kept beside it") {
  const TempDir dir;
  const std::string id = new_id();
  {
    SQLite::Database old((dir / "reeld.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    REQUIRE(*migrate(old, dir / "reeld.db", all_migrations().first(1)) == 1);
    old.exec("INSERT INTO jobs (id, request_hash, request, base_dir, target, created_at) VALUES ('" + id +
             "', 'h', '{}', '/', '/o.mp4', 1)");
  }
  CHECK(opened(dir / "reeld.db")->find_job(id)->target == "/o.mp4");
  SQLite::Database copy((dir / "reeld.db.before-0002").string());
  CHECK(copy.execAndGet("PRAGMA user_version").getInt() == 1);
  CHECK(copy.execAndGet("SELECT id FROM jobs").getString() == id);
}

TEST_CASE("a newer database is refused and left alone") {
  const TempDir dir;
  opened(dir / "reeld.db");
  {
    SQLite::Database newer((dir / "reeld.db").string(), SQLite::OPEN_READWRITE);
    newer.exec("PRAGMA user_version = 9999");
  }
  const auto refused = Database::open(dir / "reeld.db");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::invalid_state);
  CHECK(refused.error().message.find("9999") != std::string::npos);
}

TEST_CASE("a file that is no database, and a folder that is not there, are said in a sentence") {
  const TempDir dir;
  std::ofstream(dir / "reeld.db") << std::string(8192, 'x');
  const auto damaged = Database::open(dir / "reeld.db");
  REQUIRE_FALSE(damaged);
  CHECK(damaged.error().code == Code::database_failed);
  CHECK(damaged.error().message.find("damaged") != std::string::npos);
  CHECK(Database::open(dir / "no/reeld.db").error().code == Code::database_failed);
}

// The child says each id only after create_job has returned; every id said must outlive its SIGKILL.
TEST_CASE("no job that was acknowledged is lost when the process is killed") {
  const TempDir dir;
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto db = Database::open(dir / "reeld.db");
    if (!db) _exit(1);
    for (;;) {
      auto created = (*db)->create_job(some_job());
      if (!created || write(ends[1], created->job.id.data(), 36) != 36) _exit(1);
    }
  }
  close(ends[1]);
  std::string said;
  char buffer[36 * 16];
  while (said.size() < 36UL * 50) {
    const ssize_t count = read(ends[0], buffer, sizeof buffer);
    REQUIRE(count > 0);
    said.append(buffer, static_cast<std::size_t>(count));
  }
  kill(child, SIGKILL);
  for (ssize_t count; (count = read(ends[0], buffer, sizeof buffer)) > 0;) {
    said.append(buffer, static_cast<std::size_t>(count));
  }
  close(ends[0]);
  waitpid(child, nullptr, 0);
  const auto db = opened(dir / "reeld.db");
  for (std::size_t i = 0; i + 36 <= said.size(); i += 36) CHECK(db->find_job(said.substr(i, 36)));
}

// Each connection opened while this is registered may have no more than 400 pages of 4096 bytes: SQLite then
// answers as on a full disk.
int limit_pages(sqlite3* db, char**, const void*) {
  return sqlite3_exec(db, "PRAGMA max_page_count = 400", nullptr, nullptr, nullptr);
}

TEST_CASE("a full disk is disk_full, and the database still answers") {
  const TempDir dir;
  const auto entry = reinterpret_cast<void (*)()>(limit_pages);
  REQUIRE(sqlite3_auto_extension(entry) == SQLITE_OK);
  const auto db = opened(dir / "reeld.db");
  sqlite3_cancel_auto_extension(entry);
  const std::string id = made(*db).id;
  NewJob large = some_job();
  large.request = std::string(100000, 'x');
  std::optional<Error> error;
  for (int i = 0; i < 10 && !error; ++i) {
    if (auto created = db->create_job(large); !created) error = created.error();
  }
  REQUIRE(error);
  CHECK(error->code == Code::disk_full);
  CHECK(db->find_job(id)->id == id);
  CHECK(db->set_status(id, JobStatus::cancelled));
}

}  // namespace
}  // namespace reeld::storage
