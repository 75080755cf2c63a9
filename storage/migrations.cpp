#include "storage/migrations.hpp"

#include <SQLiteCpp/Backup.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "storage/database.hpp"

namespace reeld::storage {
namespace {

int version_of(SQLite::Database& db) {
  return db.execAndGet("PRAGMA user_version").getInt();
}

// Written under another name first: a copy cut short by a crash must not pass for a whole one.
void back_up(SQLite::Database& db, const std::filesystem::path& file, int next_version) {
  std::array<char, 32> suffix{};
  std::snprintf(suffix.data(), suffix.size(), ".before-%04d", next_version);
  const std::filesystem::path target = file.string() + suffix.data();
  const std::filesystem::path partial = target.string() + ".partial";
  std::filesystem::remove(partial);
  {
    SQLite::Database copy(partial.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    SQLite::Backup backup(copy, db);
    backup.executeStep(-1);
  }
  std::filesystem::rename(partial, target);
}

void apply(SQLite::Database& db, const Migration& migration) {
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  // Asked again under the lock: another process may have opened the same database meanwhile.
  if (version_of(db) >= migration.version) return;
  db.exec(
      "CREATE TABLE IF NOT EXISTS schema_migrations ("
      " version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT");
  db.exec(migration.sql);
  SQLite::Statement record(db, "INSERT INTO schema_migrations (version, name, applied_at) VALUES (?, ?, ?)");
  record.bind(1, migration.version);
  record.bind(2, migration.name);
  record.bind(3, now_us());
  record.exec();
  db.exec("PRAGMA user_version = " + std::to_string(migration.version));
  transaction.commit();
}

}  // namespace

Result<int> migrate(SQLite::Database& db, const std::filesystem::path& file,
                    std::span<const Migration> migrations) {
  const int known = migrations.back().version;
  const int found = version_of(db);
  if (found > known) {
    return Error{Code::invalid_state, "The database " + file.string() + " has schema version " +
                                          std::to_string(found) + ", and this program knows only up to " +
                                          std::to_string(known) + "; start a newer reeld."};
  }
  const auto next = std::ranges::find_if(migrations, [&](const Migration& m) { return m.version > found; });
  if (found > 0 && next != migrations.end()) back_up(db, file, next->version);
  for (const Migration& migration : migrations) {
    if (migration.version > found) apply(db, migration);
  }
  return version_of(db);
}

}  // namespace reeld::storage
