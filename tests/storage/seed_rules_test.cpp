// The rules of versions 4 to 8 that the database keeps itself: each is broken once.
#include <map>

#include "tests/storage/rules.hpp"

namespace reeld::storage {
namespace {

const std::string kLong201(201, 'x'), kLong501(501, 'x');

TEST_CASE("users: names without blanks, emails with a place, hashes of Argon2id alone") {
  const std::string ada = " WHERE username = 'ada'";
  check({{"users",
          {"username = 'grace'" + ada, "hashed_password = ''" + ada, "is_active = 0" + ada},
          {"id = 'short'" + ada, "username = ''" + ada, "username = 'a b'" + ada,
           "username = '" + kLong201 + "'" + ada, "email = 'ada'" + ada, "email = '@place'" + ada,
           "email = 'a da@place'" + ada, "hashed_password = 'secret'" + ada,
           "hashed_password = '$2b$12$x'" + ada, "is_active = 2" + ada, "is_superuser = -1" + ada}},
         {"user_keys", {}, {"public_key = 'short'"}},
         {"settings", {"updated_at = 6"}, {"updated_at = 4"}}});
}

TEST_CASE("users: one of a name, whatever its case; the local one stays") {
  Rows rows;
  CHECK(rows.verdict("UPDATE users SET username = 'LOCAL' WHERE username = 'ada'") ==
        SQLITE_CONSTRAINT_UNIQUE);
  CHECK(rows.verdict("UPDATE users SET email = 'Local@localhost' WHERE username = 'ada'") ==
        SQLITE_CONSTRAINT_UNIQUE);
  CHECK(rows.verdict("DELETE FROM users WHERE username = 'local'") == SQLITE_CONSTRAINT_TRIGGER);
  CHECK(rows.verdict("UPDATE users SET is_active = 0 WHERE username = 'local'") == SQLITE_CONSTRAINT_TRIGGER);
}

TEST_CASE("projects and scenes: a title, a known status and origin, positions from 1, each once") {
  check({{"projects",
          {"status = 'in-progress'", "status = 'completed'", "origin = 'generated'", "description = NULL",
           "updated_at = 6"},
          {"id = 'short'", "title = ''", "title = '" + kLong201 + "'", "status = 'done'", "origin = 'found'",
           "updated_at = 4"}},
         {"scenes",
          {"notes = 'Slow.'"},
          {"position = 0 WHERE position = 1", "updated_at = 4", "id = 'short'"}}});
  Rows rows;
  CHECK(rows.verdict("UPDATE scenes SET position = 1") == SQLITE_CONSTRAINT_UNIQUE);
  CHECK(rows.verdict("UPDATE scenes SET project_id = '" + kOther + "'") == SQLITE_CONSTRAINT_FOREIGNKEY);
}

TEST_CASE("takes: an asset exactly where ready, an error exactly where failed, a voice exactly of speech") {
  const std::string ready = " WHERE status = 'ready'", pending = " WHERE status = 'pending'";
  const std::string error = ", error_code = 'timed_out', error_message = 'Late.', error_path = ''";
  check({{"takes",
          {"scene_id = NULL" + pending, "status = 'failed'" + error + pending,
           "type = 'AUDIO', voice_id = '', speed = 4" + pending},
          {"id = 'short'" + pending, "type = 'SMELL'" + pending, "asset_id = NULL" + ready,
           "asset_id = '" + kId + "'" + pending, "status = 'failed'" + pending,
           "status = 'failed', error_code = 'timed_out'" + pending, "voice_id = 'kore'" + pending,
           "speed = 1" + pending, "type = 'AUDIO'" + pending, "type = 'AUDIO', voice_id = ''" + pending,
           "type = 'AUDIO', voice_id = '', speed = 0.2" + pending,
           "type = 'AUDIO', voice_id = '', speed = 4.1" + pending, "is_main = 2" + ready,
           "is_main = 1" + pending, "updated_at = 4" + pending}}});
}

TEST_CASE("takes: pending to ready or failed, failed to pending, and no other step") {
  Rows rows;
  const auto step = [&](const std::string& set, const std::string& where) {
    return rows.verdict("UPDATE takes SET " + set + " WHERE id = '" + where + "'");
  };
  CHECK(step("status = 'pending', asset_id = NULL, is_main = 0", kId) == SQLITE_CONSTRAINT_TRIGGER);
  const std::string failed = "status = 'failed', error_code = 'c', error_message = 'm', error_path = ''";
  CHECK(step(failed + ", asset_id = NULL, is_main = 0", kId) == SQLITE_CONSTRAINT_TRIGGER);
  rows.db.exec("UPDATE takes SET " + failed + " WHERE id = '" + kOther + "'");
  const std::string none = ", error_code = NULL, error_message = NULL, error_path = NULL";
  CHECK(step("status = 'ready', asset_id = '" + kId + "'" + none, kOther) == SQLITE_CONSTRAINT_TRIGGER);
  CHECK(step("status = 'pending'" + none, kOther) == SQLITE_OK);
  CHECK(rows.verdict(
            "INSERT INTO takes (id, project_id, scene_id, type, status, asset_id, provider, model, prompt, "
            "created_at, updated_at) SELECT 'y' || substr(id, 2), project_id, scene_id, type, status, "
            "asset_id, "
            "provider, model, prompt, 5, 5 FROM takes WHERE id = '" +
            kId + "'") == SQLITE_CONSTRAINT_TRIGGER);
}

TEST_CASE("takes: one main of a scene and type, an asset of the same type, a scene of the same project") {
  Rows rows;
  const std::string make_ready = "UPDATE takes SET status = 'ready', asset_id = '" + kId + "'";
  const std::string of_other = " WHERE id = '" + kOther + "'";
  CHECK(rows.verdict(make_ready + of_other) == SQLITE_OK);
  CHECK(rows.verdict(make_ready + ", is_main = 1" + of_other) == SQLITE_CONSTRAINT_UNIQUE);
  CHECK(rows.verdict(make_ready + ", is_main = 1, scene_id = '" + kOther + "'" + of_other) == SQLITE_OK);
  CHECK(rows.verdict(make_ready + ", type = 'AUDIO', voice_id = '', speed = 1" + of_other) ==
        SQLITE_CONSTRAINT_TRIGGER);
  rows.db.exec("UPDATE media_assets SET type = 'AUDIO'");
  CHECK(rows.verdict(make_ready + ", type = 'AUDIO', voice_id = '', speed = 1" + of_other) ==
        SQLITE_CONSTRAINT_TRIGGER);
  rows.db.exec("UPDATE media_assets SET duration_us = 1");
  CHECK(rows.verdict(make_ready + ", type = 'AUDIO', voice_id = '', speed = 1" + of_other) == SQLITE_OK);
  CHECK(rows.verdict("UPDATE takes SET scene_id = 'nowhere'" + of_other) == SQLITE_CONSTRAINT_FOREIGNKEY);
}

TEST_CASE("jobs: settings that are objects, nobody their own parent, an owner, no new parents") {
  check(
      {{"jobs",
        {"session_id = 's'", "composition_settings = '{\"target_duration\": 15}'",
         "generation_group_id = '" + kId + "'", "project_id = '" + kId + "'"},
        {"session_id = '" + kLong201 + "'", "composition_settings = '[]'", "composition_settings = '{'",
         "coherence_settings = '1'", "coherence_settings = ''", "model_requests_count = -1",
         "total_tokens_used = -1"}},
       {"generation_groups", {"comparison_type = 'prompt'"}, {"comparison_type = 'luck'", "id = 'short'"}}});
  Rows rows;
  CHECK(rows.db.execAndGet("SELECT user_id FROM jobs").getString() == "00000000-0000-7000-8000-000000000001");
  CHECK(rows.verdict("UPDATE jobs SET user_id = NULL") == SQLITE_CONSTRAINT_TRIGGER);
  CHECK(rows.verdict("UPDATE jobs SET user_id = 'nobody'") == SQLITE_CONSTRAINT_FOREIGNKEY);
  CHECK(rows.verdict("UPDATE jobs SET project_id = 'none'") == SQLITE_CONSTRAINT_FOREIGNKEY);
  CHECK(rows.verdict("UPDATE jobs SET parent_job_id = '" + kOther + "'") == SQLITE_CONSTRAINT_TRIGGER);
  CHECK(rows.verdict("INSERT INTO jobs (id, request_hash, request, base_dir, target, created_at, "
                     "parent_job_id) VALUES ('" +
                     kOther + "', 'h', '{}', '/', '/o', 1, '" + kOther + "')") == SQLITE_CONSTRAINT_CHECK);
  CHECK(rows.verdict("DELETE FROM jobs") == SQLITE_CONSTRAINT_TRIGGER);
}

TEST_CASE("scripts, stages and events of jobs: known frameworks and stages, JSON of the right form") {
  check({{"job_scripts",
          {"framework = 'PAS'", "framework = 'master_mode'", "llm_specification = '{\"hook\": \"h\"}'",
           "scene_plan = '{\"scenes\": []}'", "llm_conversation_history = '[]'", "use_llm = 0"},
          {"prompt = ''", "framework = 'ABC'", "use_llm = 2", "llm_specification = '[]'",
           "llm_specification = '{'", "scene_plan = '{}'", "scene_plan = '{'",
           "llm_conversation_history = '{}'", "llm_conversation_history = '['"}},
         {"job_stages", {"estimated_completion = 5"}, {"estimated_completion = 4"}}});
  Rows rows;
  const auto stage = [&](const std::string& name) {
    return rows.verdict("INSERT INTO job_stages (job_id, stage, attempt, started_at) VALUES ('" + kId +
                        "', '" + name + "', 1, 5)");
  };
  CHECK(stage("analyzing_script") == SQLITE_OK);
  CHECK(stage("scoring") == SQLITE_OK);
  CHECK(stage("daydreaming") == SQLITE_CONSTRAINT_TRIGGER);
  const auto event = [&](const std::string& type, const std::string& body) {
    return rows.verdict("INSERT INTO progress_events VALUES ('" + kId + "', 1, 5, '" + type + "', '" + body +
                        "')");
  };
  CHECK(event("progress", R"({"eta_seconds": 0})") == SQLITE_OK);
  CHECK(event("progress", R"({"eta_seconds": -1})") == SQLITE_CONSTRAINT_TRIGGER);
  CHECK(event("finished", R"({"status": "completed", "error": null})") == SQLITE_OK);
  CHECK(event("finished", R"({"status": "failed", "error": {"code": "timed_out"}})") == SQLITE_OK);
  CHECK(event("finished", R"({"status": "failed", "error": null})") == SQLITE_CONSTRAINT_TRIGGER);
  CHECK(event("progress", "{") == SQLITE_CONSTRAINT_CHECK);
}

TEST_CASE("films are measured above 0; scores are finite, of a scene or the whole") {
  check({{"quality_metrics",
          {"scene_number = 0", "metric_name = 'motion_smoothness', metric_value = -3"},
          {"id = 'short'", "scene_number = -1", "metric_name = ''", "metric_value = 101", "metric_value = -1",
           "metric_name = 'other', metric_value = 9e999"}}});
  Rows rows;
  for (const char* fact : {"duration_seconds", "size_bytes", "width", "height"}) {
    INFO(fact);
    const auto facts = [&](const char* value) {
      return rows.verdict(std::string("UPDATE videos SET facts = json_object('") + fact + "', " + value +
                          ")");
    };
    CHECK(facts("1") == SQLITE_OK);
    CHECK(facts("0") == SQLITE_CONSTRAINT_TRIGGER);
    CHECK(facts("-1") == SQLITE_CONSTRAINT_TRIGGER);
    rows.db.exec("CREATE TEMP TABLE kept AS SELECT * FROM videos");
    CHECK(rows.verdict(
              std::string("DELETE FROM videos; INSERT INTO videos (id, job_id, file_path, thumbnail_path, "
                          "title, facts, created_at) SELECT id, job_id, file_path, '', '', json_object('") +
              fact + "', 0), 1 FROM kept") == SQLITE_CONSTRAINT_TRIGGER);
    rows.db.exec("DROP TABLE kept");
  }
  CHECK(rows.verdict("INSERT INTO quality_metrics VALUES ('" + kOther + "', '" + kId +
                     "', NULL, 'image_quality', 70, '', 1)") == SQLITE_CONSTRAINT_UNIQUE);
}

TEST_CASE(
    "storage: a row a kind, retention and permissions of the right form, folders inside the data directory") {
  const std::string videos = " WHERE storage_type = 'VIDEOS'";
  const auto policy = [&](const std::string& json) { return "cleanup_policy = '" + json + "'" + videos; };
  const auto permissions = [&](const std::string& json) {
    return "access_permissions = '" + json + "'" + videos;
  };
  check({{"media_storage",
          {policy(R"({"max_age_days": 1, "max_size_mb": 1, "preserve_completed_videos": false})"),
           policy(R"({"max_age_days": null, "preserve_completed_videos": true})"),
           permissions(R"({"public_read": true, "authenticated_read": true, "admin_write": false})")},
          {"id = 'short'" + videos, "storage_type = 'ATTIC'" + videos, "directory_path = ''" + videos,
           "directory_path = '/etc'" + videos, "directory_path = 'a/../..'" + videos,
           "total_size_bytes = -1" + videos, "file_count = -1" + videos, policy("{"), policy("{}"),
           policy(R"({"max_age_days": 0, "preserve_completed_videos": true})"),
           policy(R"({"max_age_days": "7", "preserve_completed_videos": true})"),
           policy(R"({"max_size_mb": 0, "preserve_completed_videos": true})"),
           policy(R"({"max_size_mb": 1.5, "preserve_completed_videos": true})"),
           policy(R"({"preserve_completed_videos": 1})"), permissions("{"), permissions("{}"),
           permissions(R"({"public_read": 1, "authenticated_read": true, "admin_write": true})"),
           permissions(R"({"public_read": true, "admin_write": true})"),
           permissions(R"({"public_read": true, "authenticated_read": true, "admin_write": "no"})")}}});
  Rows rows;
  CHECK(rows.verdict("UPDATE media_storage SET storage_type = 'STOCK'" + videos) == SQLITE_CONSTRAINT_UNIQUE);
}

TEST_CASE(
    "styles and products: names, palettes of #RRGGBB, files inside the data directory, pictures alone") {
  check({{"brand_styles",
          {"image_folder_path = 'brands/sea'", "sample_images = '[\"a.png\"]'", "description = NULL",
           R"(style_data = '{"color_palette": [], "brand_keywords": ["calm"]}')"},
          {"id = 'short'", "name = ''", "name = '" + kLong201 + "'", "style_data = '{'", "style_data = '[]'",
           "style_data = '{}'", R"(style_data = '{"color_palette": "#000000"}')",
           R"(style_data = '{"color_palette": [], "brand_keywords": "calm"}')", "image_folder_path = ''",
           "image_folder_path = '/etc'", "image_folder_path = '../x'",
           "image_folder_path = '" + kLong501 + "'", "sample_images = '{}'", "sample_images = 'x'",
           "updated_at = 4", "error_code = 'timed_out'", "extraction = '[]'", "extraction = 'x'"}},
         {"product_images",
          {"category = 'lifestyle'", "tags = '[\"a\"]'", "mime_type = 'image/webp'"},
          {"id = 'short'",
           "name = ''",
           "name = '" + kLong201 + "'",
           "image_path = ''",
           "image_path = '/a.png'",
           "image_path = 'a/../../b.png'",
           "image_path = '" + kLong501 + "'",
           "file_size_bytes = 0",
           "image_width = 0",
           "image_height = 0",
           "mime_type = 'text/html'",
           "mime_type = 'image/'",
           "mime_type = 'image/" + kLong201 + "'",
           "category = ''",
           "category = '" + kLong201 + "'",
           "tags = '{}'",
           "tags = 'x'",
           "error_code = 'timed_out'",
           "image_path = NULL",
           "file_size_bytes = NULL",
           "image_width = NULL",
           "image_height = NULL",
           "mime_type = NULL"}}});
  Rows rows;
  for (const char* table : {"brand_styles", "product_images"}) {
    INFO(table);
    for (const char* status : {"pending", "failed", "done"}) {
      CHECK(rows.verdict("UPDATE " + std::string(table) + " SET status = '" + status + "'") ==
            SQLITE_CONSTRAINT_TRIGGER);
    }
  }
  for (const char* colour : {"\"red\"", "\"#12345\"", "\"#12345g\"", "\"1234567\"", "1234567"}) {
    INFO(colour);
    const std::string style = std::string(R"('{"color_palette": ["#000000", )") + colour + "]}'";
    CHECK(rows.verdict("UPDATE brand_styles SET style_data = " + style) == SQLITE_CONSTRAINT_TRIGGER);
    CHECK(rows.verdict(
              "INSERT INTO brand_styles (id, user_id, name, style_data, created_at, updated_at) VALUES ('" +
              kOther + "', '" + kId + "', 'n', " + style + ", 1, 1)") == SQLITE_CONSTRAINT_TRIGGER);
  }
}

TEST_CASE("edits: a draft is rendered, ends, and may be a draft again; a version before it is rendered") {
  check({{"editing_sessions",
          {R"(edit_data = '{"clips": [], "transitions": [], "effects": []}')"},
          {"id = 'short'", "edit_data = '[]'", "edit_data = '{'", R"(edit_data = '{"clips": {}}')",
           R"(edit_data = '{"transitions": 1}')", R"(edit_data = '{"effects": ""}')", "updated_at = 4"}}});
  const std::vector<std::string> states = {"draft", "rendering", "completed", "failed"};
  const std::string allowed =
      " draft>rendering rendering>completed rendering>failed failed>draft failed>rendering completed>draft ";
  const std::map<std::string, std::vector<std::string>> way = {{"draft", {}},
                                                               {"rendering", {"rendering"}},
                                                               {"completed", {"rendering", "completed"}},
                                                               {"failed", {"rendering", "failed"}}};
  for (const auto& [from, steps] : way) {
    Rows rows;
    rows.db.exec("UPDATE editing_sessions SET edited_job_id = '" + kId + "'");
    for (const auto& step : steps) rows.db.exec("UPDATE editing_sessions SET status = '" + step + "'");
    for (const auto& to : states) {
      if (from == to) continue;
      INFO(from << ">" << to);
      const bool fine = allowed.find(" " + from + ">" + to + " ") != std::string::npos;
      CHECK(rows.verdict("UPDATE editing_sessions SET status = '" + to + "'") ==
            (fine ? SQLITE_OK : SQLITE_CONSTRAINT_TRIGGER));
    }
  }
  Rows rows;
  CHECK(rows.verdict("UPDATE editing_sessions SET status = 'rendering'") == SQLITE_CONSTRAINT_TRIGGER);
  CHECK(rows.verdict("UPDATE editing_sessions SET status = 'asleep', edited_job_id = '" + kId + "'") ==
        SQLITE_CONSTRAINT_TRIGGER);
  CHECK(rows.verdict(
            "INSERT INTO editing_sessions (id, job_id, user_id, edit_data, status, created_at, updated_at) "
            "VALUES ('" +
            kOther + "', '" + kId + "', '" + kId + "', '{}', 'failed', 1, 1)") == SQLITE_CONSTRAINT_TRIGGER);
}

}  // namespace
}  // namespace reeld::storage
