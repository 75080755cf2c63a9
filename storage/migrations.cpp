#include "storage/migrations.hpp"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Transaction.h>

#include <string>

namespace reeld::storage {
namespace {

void back_up(SQLite::Database& database, const std::filesystem::path& file, int version) {
  const std::string name = file.string() + ".before-" + std::to_string(version);
  SQLite::Database copy(name, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  SQLite::Backup backup(copy, database);
  backup.executeStep(-1);
}

}  // namespace

Result<void> migrate(SQLite::Database& database, const std::filesystem::path& file,
                     std::span<const Migration> migrations) {
  const int present = database.execAndGet("PRAGMA user_version").getInt();
  const int newest = migrations.empty() ? 0 : migrations.back().version;
  if (present > newest) {
    return Error{Code::invalid_state, "the database " + file.string() + " has version " +
                                          std::to_string(present) + ", newer than this program's " +
                                          std::to_string(newest) +
                                          "; run a newer reeld, or give this one another data directory"};
  }
  if (present > 0 && present < newest) back_up(database, file, present + 1);
  for (const Migration& migration : migrations) {
    if (migration.version <= present) continue;
    SQLite::Transaction transaction(database);
    database.exec(std::string(migration.sql));
    database.exec("PRAGMA user_version = " + std::to_string(migration.version));
    transaction.commit();
  }
  return {};
}

}  // namespace reeld::storage
