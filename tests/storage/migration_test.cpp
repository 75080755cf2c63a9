// The step from version 2, which has no providers' records, to version 3.
#include <map>

#include "storage/migrations.hpp"
#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

const std::string kJob = "0190a000-0000-7000-8000-000000000001";
const std::string kAsset = "0190a000-0000-7000-8000-000000000002";
const std::string kVideo = "0190a000-0000-7000-8000-000000000003";

void fill_version_2(SQLite::Database& db) {
  db.exec("INSERT INTO jobs (id, request_hash, request, base_dir, target, title, created_at) VALUES ('" +
          kJob + "', 'h', '{\"a\": 1}', '/in', '/o.mp4', 'T', 1)");
  db.exec(
      "UPDATE jobs SET status = 'failed', error_code = 'timed_out', error_message = 'm', error_path = '/p', "
      "started_at = 2, completed_at = 3");
  db.exec("INSERT INTO job_stages (job_id, stage, attempt, started_at) VALUES ('" + kJob +
          "', 'planning', 1, 4)");
  db.exec("INSERT INTO job_resources VALUES ('" + kJob +
          "', 1, 2, 3, 4, 5, 6, 7, 8.5, 'libx264', 'cpu', '[]')");
  db.exec("INSERT INTO progress_events VALUES ('" + kJob + "', 1, 5, 'warning', '{}')");
  db.exec("INSERT INTO media_assets VALUES ('" + kAsset + "', '" + std::string(64, 'a') +
          "', 'AUDIO', 'GENERATED', 'assets/a.wav', 'espeak-ng', 'en', 'Hello.', 0.5, 100, 1500000, 0, 0, "
          "'audio/wav', '{}', 6)");
  db.exec("INSERT INTO asset_fingerprints VALUES ('f', '" + kAsset + "')");
  db.exec("INSERT INTO job_assets VALUES ('" + kJob + "', 0, 'speech', '" + kAsset + "')");
  db.exec("INSERT INTO videos VALUES ('" + kVideo + "', '" + kJob + "', '/o.mp4', '', 'T', '{}', 7)");
}

std::vector<std::string> texts(SQLite::Database& db, const std::string& query) {
  SQLite::Statement rows(db, query);
  std::vector<std::string> found;
  while (rows.executeStep()) {
    std::string line;
    for (int i = 0; i < rows.getColumnCount(); ++i) {
      line += (i > 0 ? "|" : "") + (rows.getColumn(i).isNull() ? "NULL" : rows.getColumn(i).getString());
    }
    found.push_back(line);
  }
  return found;
}

// The columns that each table has now, by table.
std::map<std::string, std::string> columns_of_tables(SQLite::Database& db) {
  std::map<std::string, std::string> columns;
  for (const std::string& table : texts(db, "SELECT name FROM sqlite_master WHERE type = 'table'")) {
    const std::string listed =
        texts(db, "SELECT group_concat(name, ', ') FROM pragma_table_info('" + table + "')").at(0);
    if (table != "schema_migrations") columns[table] = listed;
  }
  return columns;
}

TEST_CASE(
    "a database of version 2 with rows in every table keeps them all, and gains the providers' records") {
  const TempDir dir;
  std::map<std::string, std::string> columns;
  std::map<std::string, std::vector<std::string>> before;
  {
    SQLite::Database old((dir / "reeld.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    old.exec("PRAGMA foreign_keys = ON");
    REQUIRE(*migrate(old, dir / "reeld.db", all_migrations().first(2)) == 2);
    fill_version_2(old);
    columns = columns_of_tables(old);
    REQUIRE(columns.size() == 8);
    for (const auto& [table, names] : columns) {
      before[table] = texts(old, "SELECT " + names + " FROM " + table);
      INFO(table);
      REQUIRE_FALSE(before[table].empty());
    }
  }
  const auto db = opened(dir / "reeld.db");
  CHECK(db->schema_version() == all_migrations().back().version);
  CHECK(std::filesystem::exists(dir / "reeld.db.before-0003"));
  SQLite::Database now((dir / "reeld.db").string());
  for (const auto& [table, names] : columns) {
    INFO(table);
    CHECK(texts(now, "SELECT " + names + " FROM " + table) == before[table]);
  }
  CHECK(texts(now, "PRAGMA foreign_key_check").empty());
  CHECK(texts(now, "PRAGMA integrity_check") == std::vector<std::string>{"ok"});

  const Job job = *db->find_job(kJob);
  CHECK_FALSE(job.allow_fallback);
  CHECK_FALSE(job.model_fallback_occurred);
  CHECK_FALSE(job.budget_usd);
  CHECK(job.cost_usd == 0);
  const Asset asset = **db->find_asset_by_fingerprint("f");
  CHECK(asset.model_asked == "en");
  CHECK(asset.params == Json::object());
  CHECK_FALSE(asset.seed);
  CHECK_FALSE(asset.cost_usd);
  CHECK(asset.words.empty());
}

}  // namespace
}  // namespace reeld::storage
