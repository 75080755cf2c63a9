#include <sqlite3.h>

#include <SQLiteCpp/SQLiteCpp.h>
#include <atomic>
#include <fstream>
#include <thread>

#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

bool is_alone(const TempDir& dir, const std::string& copy) {
  for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
    const std::string name = entry.path().filename().string();
    if (name != copy && !name.starts_with("reeld.db")) return false;
  }
  return true;
}

TEST_CASE("a backup does not replace a file, and needs its folder") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  std::ofstream(dir / "copy.db") << "mine";
  CHECK(db->backup(dir / "copy.db").error().code == Code::target_unwritable);
  CHECK(std::filesystem::file_size(dir / "copy.db") == 4);
  CHECK(db->backup(dir / "no/copy.db").error().code == Code::target_unwritable);
}

TEST_CASE("a backup is the database whole, in one file, and opens as one") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string id = made(*db).id;
  const auto copied = db->backup(dir / "copy.db");
  REQUIRE(copied);
  CHECK(copied->rows > 1);
  CHECK(copied->bytes == static_cast<std::int64_t>(std::filesystem::file_size(dir / "copy.db")));
  CHECK(is_alone(dir, "copy.db"));
  CHECK(opened(dir / "copy.db")->find_job(id)->title == "A film");
}

TEST_CASE("others write while a backup is made, which is of one moment") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  NewJob large = some_job();
  large.request = {{"filler", std::string(100000, 'x')}};
  for (int i = 0; i < 100; ++i) REQUIRE(db->create_job(large));
  std::atomic<bool> stop{false};
  std::atomic<int> written{0};
  std::thread writer([&] {
    while (!stop) {
      const auto job = db->create_job(some_job());
      if (!job || !db->append_event(job->job.id, "status", {{"status", "pending"}})) return;
      ++written;
    }
  });
  while (written < 3) std::this_thread::yield();
  const int before = written;
  const auto copied = db->backup(dir / "copy.db");
  const int during = written - before;
  stop = true;
  writer.join();
  REQUIRE(copied);
  CHECK(during > 0);
  const auto copy = opened(dir / "copy.db");
  const Json counts = *copy->counts();
  const int jobs = counts["jobs"]["pending"].get<int>() - 100, events = counts["events"].get<int>();
  CHECK(jobs >= before);
  CHECK(events >= before);
  CHECK(jobs - events >= 0);  // a job is written before its event, and one at most is between the two
  CHECK(jobs - events <= 1);
}

TEST_CASE("a backup that is stopped leaves nothing behind") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  NewJob large = some_job();
  large.request = {{"filler", std::string(4000000, 'x')}};  // more than one step
  REQUIRE(db->create_job(large));
  int asked = 0;
  const auto copied = db->backup(dir / "copy.db", [&] { return ++asked > 0; });
  REQUIRE_FALSE(copied);
  CHECK(copied.error().code == Code::cancelled);
  CHECK(asked == 1);
  CHECK(is_alone(dir, ""));
}

// Each connection opened while this is registered may have no more than 20 pages.
int limit_pages(sqlite3* db, char**, const void*) {
  return sqlite3_exec(db, "PRAGMA max_page_count = 20", nullptr, nullptr, nullptr);
}

TEST_CASE("a backup that does not fit says so and leaves nothing behind") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const auto entry = reinterpret_cast<void (*)()>(limit_pages);
  REQUIRE(sqlite3_auto_extension(entry) == SQLITE_OK);
  const auto copied = db->backup(dir / "copy.db");
  sqlite3_cancel_auto_extension(entry);
  REQUIRE_FALSE(copied);
  CHECK(copied.error().code == Code::disk_full);
  CHECK(is_alone(dir, ""));
}

TEST_CASE("a database that is damaged gives an error and no backup") {
  const TempDir dir;
  {
    const auto db = opened(dir / "reeld.db");
    for (int i = 0; i < 300; ++i) made(*db);
  }
  const auto size = std::filesystem::file_size(dir / "reeld.db");
  const auto db = opened(dir / "reeld.db");
  std::fstream file(dir / "reeld.db", std::ios::in | std::ios::out | std::ios::binary);
  for (std::uintmax_t at = size / 2; at + 4096 <= size; at += 4096) {
    file.seekp(static_cast<std::streamoff>(at));
    file << std::string(4096, '\xee');
  }
  file.close();
  const auto copied = db->backup(dir / "copy.db");
  REQUIRE_FALSE(copied);
  CHECK(copied.error().code == Code::database_failed);
  CHECK(is_alone(dir, ""));
}

}  // namespace
}  // namespace reeld::storage
