// A copy of a database that is in use.
#include <SQLiteCpp/Backup.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <map>
#include <thread>

#include "storage/database_impl.hpp"

namespace reeld::storage {
namespace {

namespace fs = std::filesystem;

// Some 2 MB a step: a few milliseconds in which others wait, then a breath in which they get their turn.
constexpr int kPagesAStep = 512;
constexpr auto kBreath = std::chrono::milliseconds(1);

using RowCounts = std::map<std::string, std::int64_t>;

RowCounts count_rows(SQLite::Database& db) {
  std::vector<std::string> tables;
  SQLite::Statement names(db,
                          "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
  while (names.executeStep()) tables.push_back(names.getColumn(0).getString());
  RowCounts counts;
  for (const std::string& table : tables) {
    counts[table] = db.execAndGet("SELECT count(*) FROM \"" + table + "\"").getInt64();
  }
  return counts;
}

// Where the copy is made, under a name of its own until it is whole; that name goes in any case.
class Partial {
 public:
  explicit Partial(fs::path path) : path_(std::move(path)) {}
  Partial(const Partial&) = delete;
  Partial& operator=(const Partial&) = delete;
  ~Partial() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Error unwritable(const fs::path& to, const std::string& why) {
  return {Code::target_unwritable, "The database could not be copied to " + to.string() + ": " + why + "."};
}

Result<void> sync_to_disk(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  const int error = errno;
  if (file >= 0) ::close(file);
  if (synced) return {};
  return Error{error == ENOSPC ? Code::disk_full : Code::target_unwritable,
               "The copy " + path.string() + " could not be brought to disk: " + std::strerror(error) + "."};
}

// A reader of its own that the backup reads within: what others write meanwhile does not make it begin again,
// and the rows that are counted are those that are copied.
Result<RowCounts> copy(const std::string& from, const fs::path& to, const std::function<bool()>& stop) {
  SQLite::Database source(from, SQLite::OPEN_READONLY);
  source.exec("BEGIN");
  const RowCounts counts = count_rows(source);
  SQLite::Database target(to.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  SQLite::Backup backup(target, source);
  while (backup.executeStep(kPagesAStep) != SQLITE_DONE) {
    if (stop()) return Error{Code::cancelled, "The copy of the database was stopped."};
    std::this_thread::sleep_for(kBreath);
  }
  source.exec("COMMIT");
  return counts;
}

Result<void> verify(const fs::path& file, const RowCounts& expected) {
  SQLite::Database db(file.string(), SQLite::OPEN_READWRITE);
  // A copy of a WAL database would leave two more files beside it as soon as somebody looks.
  db.exec("PRAGMA journal_mode = DELETE");
  const std::string sound = db.execAndGet("PRAGMA integrity_check(1)").getString();
  if (sound != "ok") return Error{Code::database_failed, "The copy is not sound: " + sound + "."};
  SQLite::Statement lost(db, "PRAGMA foreign_key_check");
  if (lost.executeStep()) {
    return Error{Code::database_failed, "The copy is not sound: a row of " + lost.getColumn(0).getString() +
                                            " refers to one that is not there."};
  }
  const RowCounts found = count_rows(db);
  for (const auto& [table, count] : expected) {
    const auto it = found.find(table);
    if (it != found.end() && it->second == count) continue;
    return Error{Code::database_failed, "The copy is not whole: table " + table + " had " +
                                            std::to_string(count) + " rows and has " +
                                            std::to_string(it == found.end() ? 0 : it->second) + "."};
  }
  return {};
}

}  // namespace

Result<Database::BackedUp> Database::backup(const std::filesystem::path& to,
                                            const std::function<bool()>& stop) {
  const std::string tried = "be copied to " + to.string();
  try {
    if (fs::exists(to)) return unwritable(to, "there is a file already; move it away or name another");
    const fs::path folder = to.has_parent_path() ? to.parent_path() : fs::path(".");
    if (!fs::is_directory(folder)) return unwritable(to, "there is no folder " + folder.string());
    if (::access(folder.c_str(), W_OK) != 0) return unwritable(to, std::strerror(errno));
    Partial partial(to.string() + ".partial");
    fs::remove(partial.path());
    REELD_ASSIGN(const RowCounts counts, copy(impl_->readers.file(), partial.path(), stop));
    REELD_TRY(verify(partial.path(), counts));
    REELD_TRY(sync_to_disk(partial.path()));
    BackedUp made;
    made.bytes = static_cast<std::int64_t>(fs::file_size(partial.path()));
    for (const auto& [table, count] : counts) made.rows += count;
    // Unlike a rename, this does not replace what somebody put there meanwhile.
    fs::create_hard_link(partial.path(), to);
    REELD_TRY(sync_to_disk(folder));
    return made;
  } catch (const SQLite::Exception& exception) {
    return error_of(exception, tried, nullptr);
  } catch (const fs::filesystem_error& error) {
    return unwritable(to, error.code().message());
  } catch (const std::exception& exception) {
    return Error{Code::database_failed, "The database could not " + tried + ": " + exception.what() + "."};
  }
}

}  // namespace reeld::storage
