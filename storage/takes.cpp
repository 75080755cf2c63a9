#include "storage/takes.hpp"

#include "storage/database_impl.hpp"
#include "storage/listing_query.hpp"

namespace reeld::storage {
namespace {

#define REELD_TAKE_COLUMNS                                                                                \
  "id, project_id, scene_id, type, status, asset_id, provider, model, prompt, voice_id, speed, is_main, " \
  "error_code, error_message, error_path, created_at, updated_at, params, allow_fallback, "               \
  "budget_usd, model_fallback_occurred, warnings, "                                                       \
  "(SELECT file_path FROM media_assets WHERE media_assets.id = asset_id), "                               \
  "(SELECT duration_us FROM media_assets WHERE media_assets.id = asset_id)"

Take take_in(SQLite::Statement& row) {
  Take take;
  Columns columns(row);
  columns >> take.id >> take.project_id >> take.scene_id >> take.type >> take.status >> take.asset_id;
  columns >> take.provider >> take.model >> take.prompt >> take.voice_id >> take.speed >> take.is_main;
  columns >> take.error >> take.created_us >> take.updated_us >> take.params >> take.allow_fallback;
  columns >> take.budget_usd >> take.model_fallback_occurred >> take.warnings >> take.file >>
      take.duration_us;
  return take;
}

Result<Take> found(Connection& db, const std::string& id) {
  Statement row(db, "SELECT " REELD_TAKE_COLUMNS " FROM takes WHERE id = ?");
  row.bind(1, id);
  if (!row.executeStep()) return Error{Code::not_found, "There is no take \"" + id + "\"."};
  return take_in(row);
}

Listing listing_of(const TakeFilter& filter) {
  Listing listing{"takes", REELD_TAKE_COLUMNS, {{"updated", "updated_at"}}, {}};
  listing.conditions.text("project_id = ?", filter.project_id);
  listing.conditions.text("scene_id = ?", filter.scene_id);
  listing.conditions.text("type = ?", filter.type);
  listing.conditions.text("status = ?", filter.status);
  listing.conditions.text("provider = ?", filter.provider);
  listing.conditions.text("model = ?", filter.model);
  listing.conditions.flag("is_main = ?", filter.is_main);
  return listing;
}

void set_status(Connection& db, const std::string& id, const std::string& status, const std::string& asset_id,
                const std::optional<Error>& error) {
  Statement row(db,
                "UPDATE takes SET status = ?1, error_code = ?2, error_message = ?3, error_path = ?4, "
                "asset_id = ?5, updated_at = max(created_at, ?6) WHERE id = ?7");
  row.bind(1, status);
  bind_error(row, 2, error);
  bind_text_or_null(row, 5, asset_id);
  row.bind(6, now_us());
  row.bind(7, id);
  row.exec();
}

std::string insert(Connection& db, const Take& take) {
  const std::string id = new_id();
  const std::int64_t now = now_us();
  std::optional<std::string> voice_id;
  if (take.type == "AUDIO") voice_id = take.voice_id;
  Statement row(
      db,
      "INSERT INTO takes (id, project_id, scene_id, type, provider, model, prompt, voice_id, speed, "
      "params, allow_fallback, budget_usd, created_at, updated_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  bind_all(row, id, take.project_id, or_null(take.scene_id), take.type, take.provider, take.model,
           take.prompt, voice_id, take.speed, take.params, take.allow_fallback, take.budget_usd, now, now);
  row.exec();
  return id;
}

// The one that made it, where it has a name.
void set_model_of_asset(Connection& db, const std::string& id) {
  Statement row(db,
                "UPDATE takes SET model = a.model FROM media_assets a "
                "WHERE takes.id = ? AND a.id = takes.asset_id AND a.model <> ''");
  row.bind(1, id);
  row.exec();
}

// Nothing where it has one.
void set_duration(Connection& db, const std::string& asset_id, std::int64_t duration_us) {
  Statement row(db, "UPDATE media_assets SET duration_us = ? WHERE id = ? AND duration_us IS NULL");
  bind_all(row, duration_us, asset_id);
  row.exec();
}

bool has_main(Connection& db, const Take& take) {
  Statement row(db,
                "SELECT 1 FROM takes WHERE project_id = ? AND scene_id IS ? AND type = ? AND is_main = 1");
  bind_all(row, take.project_id, or_null(take.scene_id), take.type);
  return row.executeStep();
}

void make_main(Connection& db, const Take& take) {
  Statement others(
      db, "UPDATE takes SET is_main = 0 WHERE project_id = ? AND scene_id IS ? AND type = ? AND is_main = 1");
  bind_all(others, take.project_id, or_null(take.scene_id), take.type);
  others.exec();
  Statement row(db, "UPDATE takes SET is_main = 1, updated_at = max(created_at, ?) WHERE id = ?");
  bind_all(row, now_us(), take.id);
  row.exec();
}

}  // namespace

Result<Take> Takes::begin(const Take& take) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("record a take",
                          [&](Connection& db) -> Result<Take> { return found(db, insert(db, take)); });
}

Result<std::vector<Take>> Takes::begin_all(const std::vector<Take>& takes) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("record takes", [&](Connection& db) -> Result<std::vector<Take>> {
    std::vector<Take> begun;
    for (const Take& take : takes) {
      REELD_ASSIGN(Take row, found(db, insert(db, take)));
      begun.push_back(std::move(row));
    }
    return begun;
  });
}

Result<Take> Takes::finish(const std::string& id, const std::string& asset_id,
                           std::optional<std::int64_t> duration_us) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("finish take " + id, [&](Connection& db) -> Result<Take> {
    REELD_ASSIGN(const Take take, found(db, id));
    if (duration_us) set_duration(db, asset_id, *duration_us);
    set_status(db, id, "ready", asset_id, std::nullopt);
    set_model_of_asset(db, id);
    if (!has_main(db, take)) make_main(db, take);
    REELD_ASSIGN(Take ready, found(db, id));
    return ready;
  });
}

Result<Take> Takes::fail(const std::string& id, const Error& error) {
  Database::Impl& impl = database_.impl();
  return impl.write("record the failure of take " + id, [&](Connection& db) -> Result<Take> {
    REELD_TRY(found(db, id));
    set_status(db, id, "failed", "", error);
    return found(db, id);
  });
}

Result<void> Takes::set_fallback(const std::string& id, const Json& warning) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("record the fallback of take " + id, [&](Connection& db) -> Result<void> {
    Statement row(db,
                  "UPDATE takes SET model_fallback_occurred = 1, warnings = json_insert(warnings, '$[#]', "
                  "json(?)) WHERE id = ?");
    bind_all(row, warning, id);
    if (row.exec() == 0) return Error{Code::not_found, "There is no take \"" + id + "\"."};
    return {};
  });
}

Result<Take> Takes::retry(const std::string& id) {
  Database::Impl& impl = database_.impl();
  return impl.write("take up take " + id + " again", [&](Connection& db) -> Result<Take> {
    REELD_ASSIGN(const Take take, found(db, id));
    if (take.status != "failed") {
      return Error{Code::invalid_state,
                   "Take " + id + " is " + take.status + ", and only a failed one is retried."};
    }
    set_status(db, id, "pending", "", std::nullopt);
    Statement row(db, "UPDATE takes SET model_fallback_occurred = 0, warnings = '[]' WHERE id = ?");
    row.bind(1, id);
    row.exec();
    return found(db, id);
  });
}

Result<Take> Takes::choose_main(const std::string& id) {
  Database::Impl& impl = database_.impl();
  return impl.write("choose take " + id, [&](Connection& db) -> Result<Take> {
    REELD_ASSIGN(const Take take, found(db, id));
    if (take.status != "ready") {
      return Error{Code::invalid_state,
                   "Take " + id + " is " + take.status + ", and only a ready one is shown."};
    }
    make_main(db, take);
    REELD_ASSIGN(Take chosen, found(db, id));
    return chosen;
  });
}

Result<Take> Takes::find(const std::string& id) {
  Database::Impl& impl = database_.impl();
  return impl.read("read take " + id, [&](Connection& db) { return found(db, id); });
}

Result<Page<Take>> Takes::list(const TakeFilter& filter, const PageRequest& page) {
  Database::Impl& impl = database_.impl();
  return impl.read("list takes",
                   [&](Connection& db) { return page_of<Take>(db, listing_of(filter), page, take_in); });
}

Result<std::int64_t> Takes::count(const TakeFilter& filter) {
  Database::Impl& impl = database_.impl();
  return impl.read("count takes",
                   [&](Connection& db) -> Result<std::int64_t> { return count_of(db, listing_of(filter)); });
}

Result<std::set<std::string>> Takes::scenes_with(const std::string& project_id, const std::string& type) {
  Database::Impl& impl = database_.impl();
  return impl.read("read the takes of project " + project_id,
                   [&](Connection& db) -> Result<std::set<std::string>> {
                     Statement rows(db,
                                    "SELECT DISTINCT scene_id FROM takes WHERE project_id = ? AND type = ? "
                                    "AND status <> 'failed' AND scene_id IS NOT NULL");
                     bind_all(rows, project_id, type);
                     std::set<std::string> scenes;
                     while (rows.executeStep()) scenes.insert(rows.getColumn(0).getString());
                     return scenes;
                   });
}

Result<void> Takes::remove(const std::string& id) {
  Database::Impl& impl = database_.impl();
  return impl.write("remove take " + id, [&](Connection& db) -> Result<void> {
    REELD_TRY(found(db, id));
    Statement row(db, "DELETE FROM takes WHERE id = ?");
    row.bind(1, id);
    row.exec();
    return {};
  });
}

}  // namespace reeld::storage
