// A row of each table that keeps all rules, and the database's word on changes that break them.
#pragma once

#include <sqlite3.h>

#include <SQLiteCpp/SQLiteCpp.h>

#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {

inline const std::string kId = "0190a000-0000-7000-8000-000000000001";
inline const std::string kOther = "0190a000-0000-7000-8000-000000000002";

struct Rows {
  Rows() : keeper(opened(dir / "reeld.db")), db((dir / "reeld.db").string(), SQLite::OPEN_READWRITE) {
    db.exec("PRAGMA foreign_keys = ON");
    const std::string id = "'" + kId + "'";
    db.exec("INSERT INTO jobs (id, request_hash, request, base_dir, target, created_at) VALUES (" + id +
            ", 'h', '{}', '/', '/o.mp4', 1)");
    db.exec(
        "INSERT INTO media_assets (id, sha256, type, source_type, file_path, provider, model, prompt, "
        "response_time_seconds, size_bytes, width, height, media_type, metadata, created_at) VALUES (" +
        id + ", '" + std::string(64, 'a') +
        "', 'IMAGE', 'GENERATED', 'a', 'p', 'm', 'A harbour', 0, 0, 0, 0, '', '{}', 1)");
    db.exec(
        "INSERT INTO provider_calls (id, started_at, provider, model, model_asked, capability, job_id, "
        "scene_number, attempt, fallback, seconds, http_status, succeeded, input_tokens, output_tokens) "
        "VALUES (" +
        id + ", 1, 'p', 'm', 'm', 'picture', " + id + ", 0, 1, 0, 1, 200, 1, 0, 0)");
    db.exec("INSERT INTO provider_health VALUES ('p', 'm', 0, 300, 2, 1, 0, '{\"timed_out\": 1}', '{}')");
    db.exec("INSERT INTO provider_status VALUES ('p', 'm', 1, 1, NULL, 0, NULL, NULL)");
    db.exec("INSERT INTO provider_configs VALUES ('p', 'picture', 'gemini', 'm', 'n', 3, 1000, 1, 1)");
    db.exec("INSERT INTO cost_reservations VALUES (" + id + ", " + id + ", 'p', 0.5, 1)");
    db.exec("INSERT INTO alerts VALUES (" + id +
            ", 5, NULL, 'unavailable', 'p', 'm', 301, 300, 'It is away.')");
    fill_seeds();
  }

  // The tables of versions 4 to 8.
  void fill_seeds() {
    const std::string id = "'" + kId + "'", other = "'" + kOther + "'";
    db.exec("INSERT INTO users (id, username, email, hashed_password, created_at) VALUES (" + id +
            ", 'ada', 'ada@example.org', '$argon2id$v=19$x', 1)");
    db.exec("INSERT INTO user_keys VALUES ('" + std::string(40, 'k') + "', " + id + ", 1)");
    db.exec("INSERT INTO settings (user_id, created_at, updated_at) VALUES (" + id + ", 5, 5)");
    db.exec("INSERT INTO projects (id, user_id, title, created_at, updated_at) VALUES (" + id + ", " + id +
            ", 'Harbour', 5, 5)");
    for (const std::string& scene : {kId, kOther}) {
      db.exec("INSERT INTO scenes (id, project_id, position, text, created_at, updated_at) VALUES ('" +
              scene + "', " + id + ", " + (scene == kId ? "1" : "2") + ", 'Boats.', 5, 5)");
    }
    for (const std::string& take : {kId, kOther}) {
      db.exec(
          "INSERT INTO takes (id, project_id, scene_id, type, provider, prompt, created_at, updated_at) "
          "VALUES ('" +
          take + "', " + id + ", " + id + ", 'IMAGE', 'p', 'A harbour', 5, 5)");
    }
    db.exec("UPDATE takes SET status = 'ready', asset_id = " + id + ", is_main = 1 WHERE id = " + id);
    db.exec("INSERT INTO generation_groups (id, user_id, comparison_type, created_at, request) VALUES (" +
            id + ", " + id + ", 'settings', 1, '{}')");
    db.exec("INSERT INTO group_films VALUES (" + id + ", " + id + ", 0, 'as it is', '{}')");
    db.exec("INSERT INTO job_scripts (job_id, prompt) VALUES (" + id + ", 'A film of a harbour')");
    db.exec("INSERT INTO job_stages (job_id, stage, attempt, started_at) VALUES (" + id +
            ", 'planning', 1, 5)");
    db.exec("INSERT INTO job_assets VALUES (" + id + ", 0, 'picture', " + id + ", 0)");
    db.exec("INSERT INTO videos (id, job_id, file_path, thumbnail_path, title, facts, created_at) VALUES (" +
            id + ", " + id +
            ", '/o.mp4', '', '', '{\"width\": 640, \"height\": 360, \"size_bytes\": 1000}', 1)");
    db.exec("INSERT INTO quality_metrics VALUES (" + id + ", " + id + ", NULL, 'image_quality', 80, '', 1)");
    db.exec("INSERT INTO metric_series VALUES (" + id + ", 'luma', 0, 10, '[0.5, 0.25]', 1)");
    db.exec("INSERT INTO picture_tries VALUES (" + id + ", 0, 1, 1, " + id + ", 7, 0.5, '{}', '" +
            std::string(16, 'a') + "', 1, 1)");
    db.exec("INSERT INTO brand_styles (id, user_id, name, style_data, created_at, updated_at) VALUES (" + id +
            ", " + id + ", 'Sea', '{\"color_palette\": [\"#0a0B0c\"]}', 5, 5)");
    db.exec(
        "INSERT INTO product_images (id, user_id, name, image_path, file_size_bytes, image_width, "
        "image_height, "
        "mime_type, created_at) VALUES (" +
        id + ", " + id + ", 'Boat', 'a/b.png', 1, 1, 1, 'image/png', 1)");
    db.exec("INSERT INTO editing_sessions (id, job_id, user_id, edit_data, created_at, updated_at) VALUES (" +
            id + ", " + id + ", " + id + ", '{}', 5, 5)");
  }

  // SQLite's word on it: SQLITE_OK or the extended code of what refused it. Nothing is kept.
  int verdict(const std::string& sql) {
    const SQLite::Transaction undone(db);
    try {
      db.exec(sql);
    } catch (const SQLite::Exception& exception) {
      // A generated column stumbles over broken JSON before the CHECK of its own sees it.
      if (exception.what() == std::string("malformed JSON")) return SQLITE_CONSTRAINT_CHECK;
      return exception.getExtendedErrorCode();
    }
    return SQLITE_OK;
  }

  TempDir dir;
  std::unique_ptr<Database> keeper;
  SQLite::Database db;
};

struct Rule {
  std::string table;
  std::vector<std::string> kept, broken;  // what comes after SET
};

inline void check(const std::vector<Rule>& rules) {
  Rows rows;
  for (const Rule& rule : rules) {
    for (const std::string& change : rule.kept) {
      const std::string sql = "UPDATE " + rule.table + " SET " + change;
      INFO(sql);
      CHECK(rows.verdict(sql) == SQLITE_OK);
    }
    for (const std::string& change : rule.broken) {
      const std::string sql = "UPDATE " + rule.table + " SET " + change;
      INFO(sql);
      CHECK(rows.verdict(sql) == SQLITE_CONSTRAINT_CHECK);
    }
  }
}

}  // namespace reeld::storage
