#include "storage/database.hpp"

#include "storage/database_impl.hpp"
#include "storage/migrations.hpp"

namespace reeld::storage {

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file) {
  try {
    auto impl = std::make_unique<Impl>(file);
    // FULL: what is acknowledged survives a power cut.
    impl->connection.exec("PRAGMA journal_mode = WAL");
    impl->connection.exec("PRAGMA synchronous = FULL");
    impl->connection.exec("PRAGMA foreign_keys = ON");
    REELD_TRY(migrate(impl->connection, file, all_migrations()));
    return std::unique_ptr<Database>(new Database(std::move(impl)));
  } catch (const SQLite::Exception& error) {
    Error opened = database_error(error);
    opened.message = "cannot open the database " + file.string() + ": " + opened.message;
    return opened;
  }
}

int Database::schema_version() const {
  const auto version = with_connection(*impl_, [](SQLite::Database& db) -> Result<int> {
    return db.execAndGet("PRAGMA user_version").getInt();
  });
  return version ? *version : 0;
}

Result<Json> Database::counts() {
  return with_connection(*impl_, [](SQLite::Database& db) -> Result<Json> {
    Json jobs = Json::object();
    SQLite::Statement by_status(db, "SELECT status, count(*) FROM jobs GROUP BY status");
    while (by_status.executeStep())
      jobs[by_status.getColumn(0).getString()] = by_status.getColumn(1).getInt64();
    const auto number = [&](const char* sql) { return db.execAndGet(sql).getInt64(); };
    return Json{{"jobs", jobs},
                {"assets", number("SELECT count(*) FROM media_assets")},
                {"videos", number("SELECT count(*) FROM videos")},
                {"frames_rendered", number("SELECT coalesce(sum(frames), 0) FROM job_resources")}};
  });
}

}  // namespace reeld::storage
