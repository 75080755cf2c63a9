// From every earlier version to the newest.
#include <algorithm>
#include <cstdio>
#include <map>

#include "storage/media.hpp"
#include "storage/migrations.hpp"
#include "storage/retention.hpp"
#include "storage/users.hpp"
#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

const std::string kJob = "0190a000-0000-7000-8000-000000000001";
const std::string kAsset = "0190a000-0000-7000-8000-000000000002";
const std::string kUser = "0190a000-0000-7000-8000-000000000004";
const std::string kVideo = "0190a000-0000-7000-8000-000000000003";

// By version, for those that brought tables or columns worth a value: puts a row into each table.
using Fill = void (*)(SQLite::Database&);
const std::map<int, Fill> kFills = {
    {1,
     [](SQLite::Database& db) {
       db.exec("INSERT INTO jobs (id, request_hash, request, base_dir, target, title, created_at) VALUES ('" +
               kJob + "', 'h', '{\"a\": 1}', '/in', '/o.mp4', 'T', 1)");
       db.exec(
           "UPDATE jobs SET status = 'failed', error_code = 'timed_out', error_message = 'm', error_path = "
           "'/p', "
           "started_at = 2, completed_at = 3");
       db.exec("INSERT INTO job_stages (job_id, stage, attempt, started_at) VALUES ('" + kJob +
               "', 'planning', 1, 4)");
       db.exec("INSERT INTO job_resources VALUES ('" + kJob +
               "', 1, 2, 3, 4, 5, 6, 7, 8.5, 'libx264', 'cpu', '[]')");
       db.exec("INSERT INTO progress_events VALUES ('" + kJob + "', 1, 5, 'warning', '{}')");
     }},
    {2,
     [](SQLite::Database& db) {
       db.exec(
           "INSERT INTO media_assets VALUES ('" + kAsset + "', '" + std::string(64, 'a') +
           "', 'AUDIO', 'GENERATED', 'assets/a.wav', 'espeak-ng', 'en', 'Hello.', 0.5, 100, 1500000, 0, 0, "
           "'audio/wav', '{}', 6)");
       db.exec("INSERT INTO asset_fingerprints VALUES ('f', '" + kAsset + "')");
       db.exec("INSERT INTO job_assets VALUES ('" + kJob + "', 0, 'speech', '" + kAsset + "')");
       db.exec("INSERT INTO videos VALUES ('" + kVideo + "', '" + kJob +
               "', '/o.mp4', '', 'T', '{\"duration_seconds\": 2.5, \"size_bytes\": 900}', 7)");
     }},
    {3,
     [](SQLite::Database& db) {
       db.exec("INSERT INTO provider_calls VALUES ('" + kJob + "', 1, 'p', 'm', 'm', 'picture', '" + kJob +
               "', 0, 1, 0, 1.5, NULL, 200, 1, NULL, NULL, 10, 20, 0.5)");
       db.exec("INSERT INTO provider_health VALUES ('p', 'm', 0, 300, 2, 1, 0, '{}', '{}')");
       db.exec("INSERT INTO provider_status VALUES ('p', 'm', 1, 1, NULL, 0, NULL, NULL)");
       db.exec("INSERT INTO provider_configs VALUES ('p', 'picture', 'gemini', 'm', 'n', 3, 1000, 1, 1)");
       db.exec("INSERT INTO cost_reservations VALUES ('" + kJob + "', NULL, 'p', 0.5, 1)");
       db.exec("INSERT INTO alerts VALUES ('" + kJob +
               "', 5, NULL, 'unavailable', 'p', 'm', 301, 300, 'Away.')");
     }},
    {4,
     [](SQLite::Database& db) {
       db.exec("INSERT INTO users VALUES ('" + kUser + "', 'ada', 'a@b', '', 1, 0, 1)");
       db.exec("INSERT INTO user_keys VALUES ('" + std::string(40, 'k') + "', '" + kUser + "', 1)");
       db.exec("INSERT INTO settings (user_id, created_at, updated_at) VALUES ('" + kUser + "', 1, 1)");
     }},
    {5,
     [](SQLite::Database& db) {
       db.exec("INSERT INTO projects (id, user_id, title, created_at, updated_at) VALUES ('" + kJob + "', '" +
               kUser + "', 'T', 1, 1)");
       db.exec("INSERT INTO scenes VALUES ('" + kJob + "', '" + kJob + "', 1, 't', NULL, 1, 1)");
       db.exec(
           "INSERT INTO takes (id, project_id, type, provider, prompt, created_at, updated_at) VALUES ('" +
           kJob + "', '" + kJob + "', 'IMAGE', 'p', 't', 1, 1)");
     }},
    {6,
     [](SQLite::Database& db) {
       db.exec("INSERT INTO generation_groups VALUES ('" + kJob + "', '" + kUser + "', 'prompt', 1)");
       db.exec("INSERT INTO job_scripts (job_id, prompt) VALUES ('" + kJob + "', 'p')");
     }},
    {7,
     [](SQLite::Database& db) {
       db.exec("INSERT INTO quality_metrics VALUES ('" + kJob + "', '" + kJob +
               "', 0, 'sharpness', 7, '', 1)");
       db.exec("INSERT INTO files_to_remove VALUES ('assets/gone', 1)");
     }},
    {8,
     [](SQLite::Database& db) {
       db.exec("INSERT INTO brand_styles (id, user_id, name, style_data, created_at, updated_at) VALUES ('" +
               kJob + "', '" + kUser + "', 'B', '{\"color_palette\": []}', 1, 1)");
       db.exec(
           "INSERT INTO product_images (id, user_id, name, image_path, file_size_bytes, image_width, "
           "image_height, "
           "mime_type, created_at) VALUES ('" +
           kJob + "', '" + kUser + "', 'P', 'assets/p.png', 1, 1, 1, 'image/png', 1)");
       db.exec(
           "INSERT INTO editing_sessions (id, job_id, user_id, edit_data, created_at, updated_at) VALUES ('" +
           kJob + "', '" + kJob + "', '" + kUser + "', '{}', 1, 1)");
     }},
    {9,
     [](SQLite::Database& db) {
       db.exec("INSERT INTO scripts VALUES ('" + kJob + "', 1, 'rules', '{}', '{}', '{}')");
     }},
    {11,
     [](SQLite::Database& db) {
       db.exec("INSERT INTO resource_samples VALUES ('" + kJob + "', 1, 0, 0, 0, NULL, NULL, NULL, NULL)");
     }},
    {12, [](SQLite::Database& db) { db.exec("UPDATE takes SET params = '{\"prompt\": \"t\"}'"); }},
    {14,
     [](SQLite::Database& db) {
       db.exec("INSERT INTO group_films (job_id, group_id, position, label, variation) VALUES ('" + kJob +
               "', '" + kJob + "', 0, 'first', '{}')");
     }},
    {15,
     [](SQLite::Database& db) {
       db.exec("INSERT INTO segments VALUES ('" + std::string(64, 'a') + "', '" + std::string(64, 'b') +
               "', 1000, 60, 1, 1)");
       db.exec("INSERT INTO job_reuse VALUES ('" + kJob + "', 'p', 'f', 1, 2, 30, 60, 1, 2, 0, 0.04)");
     }},
    {19,
     [](SQLite::Database& db) {
       db.exec("INSERT INTO metric_series VALUES ('" + kJob + "', 'luma', 0, 10, '[0.5]', 1)");
       db.exec("INSERT INTO picture_tries VALUES ('" + kJob + "', 0, 1, 1, '" + kAsset +
               "', 7, NULL, '{}', '', 1, 1)");
     }},
    {20, [](SQLite::Database& db) { db.exec("UPDATE job_resources SET quality_search = '{\"crf\": 27}'"); }},
    {21, [](SQLite::Database& db) { db.exec("UPDATE videos SET thumbnail_bytes = 12"); }}};

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

// A database that `version` migrations made, with rows in every table, and what they are.
std::map<std::string, std::vector<std::string>> rows_of(SQLite::Database& db,
                                                        const std::map<std::string, std::string>& columns) {
  std::map<std::string, std::vector<std::string>> rows;
  for (const auto& [table, names] : columns) rows[table] = texts(db, "SELECT " + names + " FROM " + table);
  return rows;
}

std::map<std::string, std::string> make(const std::filesystem::path& file, int version) {
  SQLite::Database db(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  db.exec("PRAGMA foreign_keys = ON");
  for (std::size_t i = 0; i < all_migrations().size() && all_migrations()[i].version <= version; ++i) {
    const int reached = all_migrations()[i].version;
    REQUIRE(*migrate(db, file, all_migrations().first(i + 1)) == reached);
    if (const auto fill = kFills.find(reached); fill != kFills.end()) fill->second(db);
  }
  return columns_of_tables(db);
}

TEST_CASE("a database of every earlier version, with rows in every table, keeps them all on its way here") {
  const int newest = all_migrations().back().version;
  for (const Migration& migration : all_migrations().first(all_migrations().size() - 1)) {
    const int version = migration.version;
    INFO("version " << version);
    const TempDir dir;
    const auto columns = make(dir / "reeld.db", version);
    std::map<std::string, std::vector<std::string>> before;
    {
      SQLite::Database old((dir / "reeld.db").string());
      before = rows_of(old, columns);
    }
    for (const auto& [table, rows] : before) {
      INFO(table);
      REQUIRE_FALSE(rows.empty());
    }
    before["cost_reservations"].clear();  // their makers are gone
    const auto db = opened(dir / "reeld.db");
    CHECK(db->schema_version() == newest);
    char copy[32];
    const auto next =
        std::ranges::find_if(all_migrations(), [&](const Migration& m) { return m.version > version; });
    std::snprintf(copy, sizeof copy, "reeld.db.before-%04d", next->version);
    SQLite::Database kept((dir / copy).string());
    CHECK(kept.execAndGet("PRAGMA user_version").getInt() == version);
    SQLite::Database now((dir / "reeld.db").string());
    for (const auto& [table, rows] : rows_of(now, columns)) {
      INFO(table);
      if (table != "media_storage") CHECK(rows == before[table]);
    }
    // What later versions count as well is counted on the way.
    const auto sums = *Retention(*db).sums();
    CHECK(sums.size() == 5);
    for (const StorageSum& sum : sums) {
      INFO(sum.type);
      CHECK(sum.kept_size_bytes == sum.size_bytes);
      CHECK(sum.kept_file_count == sum.file_count);
    }
    CHECK(texts(now, "PRAGMA foreign_key_check").empty());
    CHECK(texts(now, "PRAGMA integrity_check") == std::vector<std::string>{"ok"});
  }
}

TEST_CASE("what came later has its value for what was there before") {
  const TempDir dir;
  make(dir / "reeld.db", 3);
  const auto db = opened(dir / "reeld.db");
  const Job job = *db->find_job(kJob);
  CHECK(job.user_id == kLocalUser);
  CHECK(job.model_requests == 1);
  CHECK(job.tokens_used == 30);
  CHECK(job.composition_settings == Json::object());
  MediaStorage storage(*db);
  CHECK(storage.find("AUDIO")->total_size_bytes == 100);
  CHECK(storage.find("VIDEOS")->total_size_bytes == 900);
  CHECK(storage.find("VIDEOS")->file_count == 1);
  SQLite::Database now((dir / "reeld.db").string());
  CHECK(now.execAndGet("SELECT duration_us FROM videos").getInt64() == 2500000);
  CHECK(now.execAndGet("SELECT generation_status FROM job_words").getString() == "failed");
}

TEST_CASE("a job and an asset of version 2, which had no providers' records, gain them") {
  const TempDir dir;
  make(dir / "reeld.db", 2);
  const auto db = opened(dir / "reeld.db");
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

TEST_CASE("opening twice changes nothing and makes no further copy") {
  const TempDir dir;
  make(dir / "reeld.db", 3);
  opened(dir / "reeld.db");
  const auto files = [&] {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(dir.path()))
      names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  };
  const auto before = files();
  opened(dir / "reeld.db");
  CHECK(files() == before);
  SQLite::Database db((dir / "reeld.db").string());
  CHECK(texts(db, "SELECT count(*) FROM schema_migrations") ==
        std::vector<std::string>{std::to_string(all_migrations().size())});
}

}  // namespace
}  // namespace reeld::storage
