// What is there after an answer, and what is said where disk or file fail.
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <chrono>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/database_impl.hpp"
#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

bool says(const Error& error, const std::string& words) {
  return error.message.find(words) != std::string::npos;
}

// Counts how often SQLite's log (the WAL) was written and brought to disk, of databases that are opened while
// this is there.
class WatchedLog {
 public:
  WatchedLog() {
    original() = sqlite3_vfs_find(nullptr);
    watching() = *original();
    watching().zName = "watched";
    watching().xOpen = open;
    REQUIRE(sqlite3_vfs_register(&watching(), 1) == SQLITE_OK);
  }
  ~WatchedLog() {
    sqlite3_vfs_register(original(), 1);
    sqlite3_vfs_unregister(&watching());
  }

  static std::atomic<int>& writes() {
    static std::atomic<int> count;
    return count;
  }
  static std::atomic<int>& unsynced() {  // writes since the last sync
    static std::atomic<int> count;
    return count;
  }
  static std::atomic<int>& syncs() {
    static std::atomic<int> count;
    return count;
  }

 private:
  static sqlite3_vfs*& original() {
    static sqlite3_vfs* vfs = nullptr;
    return vfs;
  }
  static sqlite3_vfs& watching() {
    static sqlite3_vfs vfs;
    return vfs;
  }
  static const sqlite3_io_methods*& methods() {
    static const sqlite3_io_methods* of_files = nullptr;
    return of_files;
  }

  static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* given) {
    const int result = original()->xOpen(original(), name, file, flags, given);
    if (result != SQLITE_OK || (flags & SQLITE_OPEN_WAL) == 0) return result;
    static sqlite3_io_methods watched;
    methods() = file->pMethods;
    watched = *file->pMethods;
    watched.xWrite = [](sqlite3_file* f, const void* data, int size, sqlite3_int64 offset) {
      ++writes();
      ++unsynced();
      return methods()->xWrite(f, data, size, offset);
    };
    watched.xSync = [](sqlite3_file* f, int how) {
      const int synced = methods()->xSync(f, how);
      unsynced() = 0;
      ++syncs();
      return synced;
    };
    file->pMethods = &watched;
    return result;
  }
};

TEST_CASE("a job is answered only once its commit was brought to disk") {
  const TempDir dir;
  const WatchedLog log;
  const auto db = opened(dir / "reeld.db");
  for (int i = 0; i < 20; ++i) {
    const int writes = WatchedLog::writes(), syncs = WatchedLog::syncs();
    made(*db);
    CHECK(WatchedLog::writes() > writes);
    CHECK(WatchedLog::syncs() > syncs);
    CHECK(WatchedLog::unsynced() == 0);
  }
}

TEST_CASE("the writer commits with synchronous = FULL, in WAL mode") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const auto pragmas = db->impl().write("look", [](Connection& on) -> Result<std::string> {
    return on.execAndGet("PRAGMA synchronous").getString() + " " +
           on.execAndGet("PRAGMA journal_mode").getString();
  });
  CHECK(*pragmas == "2 wal");
}

TEST_CASE("a locked file is said, reads answer meanwhile, and afterwards all is well") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string id = made(*db).id;
  REQUIRE(db->impl().write("wait less", [](Connection& on) -> Result<void> {
    on.setBusyTimeout(50);
    return {};
  }));
  SQLite::Database other((dir / "reeld.db").string(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN EXCLUSIVE");
  const auto refused = db->create_job(some_job());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::busy);
  CHECK(says(refused.error(), "Another process holds the database"));
  REQUIRE(db->trouble());
  CHECK(says(*db->trouble(), "Another process"));
  CHECK(db->find_job(id)->id == id);
  CHECK(*db->count_jobs({}) == 1);
  other.exec("COMMIT");
  CHECK(db->create_job(some_job()));
  CHECK_FALSE(db->trouble());
}

// Overwrites the page that holds the root of this table or index.
void damage(const std::filesystem::path& file, const std::string& name) {
  int page = 0, size = 0;
  {
    SQLite::Database db(file.string(), SQLite::OPEN_READWRITE);
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    page = db.execAndGet("SELECT rootpage FROM sqlite_master WHERE name = '" + name + "'").getInt();
    size = db.execAndGet("PRAGMA page_size").getInt();
  }
  const int out = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  REQUIRE(out >= 0);
  const std::string garbage(static_cast<std::size_t>(size), '\xee');
  CHECK(::pwrite(out, garbage.data(), garbage.size(), static_cast<off_t>(page - 1) * size) == size);
  ::close(out);
}

TEST_CASE("a damaged page is said with what to do, and what does not need it still answers") {
  const TempDir dir;
  std::string id;
  {
    const auto db = opened(dir / "reeld.db");
    id = made(*db).id;
    REQUIRE(db->append_event(id, "status", {{"status", "pending"}}));
  }
  damage(dir / "reeld.db", "progress_events");
  const auto db = opened(dir / "reeld.db");
  CHECK_FALSE(db->trouble());
  const auto read = db->events_after(id, 0, 10);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == Code::database_failed);
  CHECK(says(read.error(), "read the events of job " + id));
  CHECK(says(read.error(), "put a backup in its place"));
  CHECK(says(read.error(), (dir / "reeld.db").string()));
  const auto written = db->append_event(id, "progress", Json::object());
  REQUIRE_FALSE(written);
  CHECK(says(written.error(), "put a backup in its place"));
  CHECK(db->find_job(id)->id == id);
  CHECK(db->create_job(some_job()));
  REQUIRE(db->trouble());  // also after other writing went well
  CHECK(says(*db->trouble(), "damaged"));
}

// Each connection opened while this is registered may have no more than 400 pages.
int limit_pages(sqlite3* db, char**, const void*) {
  return sqlite3_exec(db, "PRAGMA max_page_count = 400", nullptr, nullptr, nullptr);
}

TEST_CASE("a disk that is full is in the database's trouble until something is written") {
  const TempDir dir;
  const auto entry = reinterpret_cast<void (*)()>(limit_pages);
  REQUIRE(sqlite3_auto_extension(entry) == SQLITE_OK);
  const auto db = opened(dir / "reeld.db");
  sqlite3_cancel_auto_extension(entry);
  const std::string id = made(*db).id;
  CHECK_FALSE(db->trouble());
  NewJob large = some_job();
  large.request = std::string(2'000'000, 'x');
  CHECK(db->create_job(large).error().code == Code::disk_full);
  REQUIRE(db->trouble());
  CHECK(db->trouble()->code == Code::disk_full);
  CHECK(db->find_job(id));
  REQUIRE(db->set_status(id, JobStatus::cancelled));
  CHECK_FALSE(db->trouble());
}

}  // namespace
}  // namespace reeld::storage
