// What goes along with what, and what stays: as the seeds say.
#include "tests/storage/rules.hpp"

namespace reeld::storage {
namespace {

std::int64_t count(Rows& rows, const std::string& table, const std::string& where = "1") {
  return rows.db.execAndGet("SELECT count(*) FROM " + table + " WHERE " + where).getInt64();
}

// The one job of the rows is Ada's, at its end, of her project and group.
void end_job(Rows& rows) {
  rows.db.exec("UPDATE jobs SET status = 'cancelled', started_at = 2, completed_at = 3, user_id = '" + kId +
               "', project_id = '" + kId + "', generation_group_id = '" + kId + "'");
}

TEST_CASE("a user takes along all that is theirs, once no job of theirs is at work") {
  Rows rows;
  rows.db.exec("UPDATE jobs SET user_id = '" + kId + "'");
  CHECK(rows.verdict("DELETE FROM users WHERE id = '" + kId + "'") == SQLITE_CONSTRAINT_TRIGGER);
  end_job(rows);
  rows.db.exec("DELETE FROM users WHERE id = '" + kId + "'");
  for (const char* table :
       {"jobs", "projects", "scenes", "takes", "generation_groups", "brand_styles", "product_images",
        "editing_sessions", "settings", "user_keys", "videos", "quality_metrics", "metric_series",
        "picture_tries", "job_scripts", "job_stages", "job_assets", "media_assets"}) {
    INFO(table);
    CHECK(count(rows, table) == 0);
  }
  CHECK(count(rows, "users") == 1);
  CHECK(count(rows, "files_to_remove", "file_path = 'a'") == 1);
}

TEST_CASE("a job takes along its scores, script, film and edits") {
  Rows rows;
  end_job(rows);
  rows.db.exec("DELETE FROM jobs");
  for (const char* table : {"quality_metrics", "metric_series", "picture_tries", "job_scripts", "videos",
                            "editing_sessions", "job_assets"}) {
    INFO(table);
    CHECK(count(rows, table) == 0);
  }
  CHECK(count(rows, "projects") == 1);
}

TEST_CASE("a job's assets go with it where nobody else uses them; stock stays") {
  const auto left = [](const std::string& preparation) {
    Rows rows;
    end_job(rows);
    rows.db.exec(preparation);
    rows.db.exec("DELETE FROM jobs WHERE id = '" + kId + "'");
    return std::pair(count(rows, "media_assets"), count(rows, "files_to_remove"));
  };
  CHECK(left("DELETE FROM takes WHERE asset_id IS NULL") == std::pair<std::int64_t, std::int64_t>(1, 0));
  CHECK(left("INSERT INTO jobs (id, request_hash, request, base_dir, target, created_at) VALUES ('" + kOther +
             "', 'h', '{}', '/', '/o', 1); INSERT INTO job_assets VALUES ('" + kOther + "', 0, 'picture', '" +
             kId + "', 0); DELETE FROM takes WHERE asset_id IS NOT NULL") ==
        std::pair<std::int64_t, std::int64_t>(1, 0));
  CHECK(left("DELETE FROM takes") == std::pair<std::int64_t, std::int64_t>(0, 1));
  CHECK(left("DELETE FROM takes; UPDATE media_assets SET source_type = 'STOCK'") ==
        std::pair<std::int64_t, std::int64_t>(1, 0));
}

TEST_CASE("a file that is an asset again is no longer to be removed") {
  Rows rows;
  end_job(rows);
  rows.db.exec("CREATE TEMP TABLE kept AS SELECT * FROM media_assets; DELETE FROM takes; DELETE FROM jobs");
  REQUIRE(count(rows, "files_to_remove") == 1);
  rows.db.exec(
      "INSERT INTO media_assets (id, sha256, type, source_type, file_path, provider, model, prompt, "
      "response_time_seconds, size_bytes, width, height, media_type, metadata, created_at) SELECT id, "
      "sha256, type, "
      "source_type, file_path, provider, model, prompt, 0, 0, 0, 0, '', '{}', 1 FROM kept");
  CHECK(count(rows, "files_to_remove") == 0);
}

TEST_CASE(
    "a group leaves its films, a project its films, a film its newer versions and the edit that made it") {
  Rows rows;
  end_job(rows);
  rows.db.exec(
      "INSERT INTO jobs (id, request_hash, request, base_dir, target, created_at, parent_job_id) VALUES ('" +
      kOther + "', 'h', '{}', '/', '/o', 1, '" + kId + "')");
  rows.db.exec("UPDATE editing_sessions SET job_id = '" + kOther + "', edited_job_id = '" + kId + "'");
  rows.db.exec("DELETE FROM generation_groups");
  CHECK(count(rows, "jobs", "generation_group_id IS NULL") == 2);
  rows.db.exec("DELETE FROM projects");
  CHECK(count(rows, "jobs", "project_id IS NULL") == 2);
  CHECK(count(rows, "scenes") + count(rows, "takes") == 0);
  rows.db.exec("DELETE FROM jobs WHERE id = '" + kId + "'");
  CHECK(count(rows, "jobs", "parent_job_id IS NULL") == 1);
  CHECK(count(rows, "editing_sessions", "edited_job_id IS NULL") == 1);
}

TEST_CASE("a scene takes along its takes, and the asset with the last of them") {
  Rows rows;
  rows.db.exec("DELETE FROM job_assets");
  CHECK(count(rows, "media_assets") == 1);
  rows.db.exec("DELETE FROM scenes WHERE id = '" + kId + "'");
  CHECK(count(rows, "takes") == 0);
  CHECK(count(rows, "media_assets") == 0);
}

TEST_CASE("sizes and counts of storage follow every asset and film") {
  Rows rows;
  const auto usage = [&](const std::string& type) {
    return rows.db
        .execAndGet("SELECT file_count || ' ' || total_size_bytes FROM media_storage WHERE storage_type = '" +
                    type + "'")
        .getString();
  };
  CHECK(usage("IMAGES") == "2 1");  // a product's picture is among them
  rows.db.exec("DELETE FROM product_images");
  CHECK(usage("IMAGES") == "1 0");
  CHECK(usage("VIDEOS") == "1 1000");
  rows.db.exec("UPDATE media_assets SET size_bytes = 70");
  CHECK(usage("IMAGES") == "1 70");
  rows.db.exec("UPDATE media_assets SET source_type = 'STOCK'");
  CHECK(usage("IMAGES") == "0 0");
  CHECK(usage("STOCK") == "1 70");
  rows.db.exec("UPDATE media_assets SET source_type = 'USER_UPLOADED'");
  rows.db.exec("UPDATE videos SET facts = '{\"size_bytes\": 400}'");
  CHECK(usage("VIDEOS") == "1 400");
  end_job(rows);
  rows.db.exec("DELETE FROM takes; DELETE FROM jobs");
  for (const char* type : {"IMAGES", "VIDEOS", "STOCK"}) CHECK(usage(type) == "0 0");
}

}  // namespace
}  // namespace reeld::storage
