#include "storage/retention.hpp"

#include <sqlite3.h>

#include "storage/database_impl.hpp"

namespace reeld::storage {
namespace {

// Of an asset `a`: nobody needs its file.
#define REELD_ASSET_IS_FREE                                                              \
  "a.removed_at IS NULL AND NOT EXISTS (SELECT 1 FROM takes t WHERE t.asset_id = a.id) " \
  "AND NOT EXISTS (SELECT 1 FROM job_assets l JOIN jobs j ON j.id = l.job_id "           \
  "WHERE l.asset_id = a.id AND j.completed_at IS NULL)"

// One row a type: what the records of files add up to. Equal pictures of products are one file.
#define REELD_STORAGE_SUMS                                                                        \
  "SELECT s.storage_type, coalesce(sum(f.bytes), 0) AS size_bytes, coalesce(sum(f.files), 0) AS " \
  "file_count, "                                                                                  \
  "s.total_size_bytes, s.file_count FROM media_storage s LEFT JOIN ("                             \
  "SELECT storage_type AS type, size_bytes AS bytes, 1 AS files FROM media_assets "               \
  "WHERE removed_at IS NULL UNION ALL "                                                           \
  "SELECT 'VIDEOS', coalesce(size_bytes, 0), 1 FROM videos WHERE removed_at IS NULL UNION ALL "   \
  "SELECT 'IMAGES', coalesce(max(file_size_bytes), 0), 1 FROM product_images "                    \
  "WHERE image_path IS NOT NULL GROUP BY image_path UNION ALL "                                   \
  "SELECT 'IMAGES', sample_bytes, sample_count FROM brand_styles UNION ALL "                      \
  "SELECT 'IMAGES', thumbnail_bytes, thumbnail_bytes > 0 FROM videos WHERE removed_at IS NULL "   \
  "UNION ALL "                                                                                    \
  "SELECT 'TEMP', size_bytes, 1 FROM segments) f "                                                \
  "ON f.type = s.storage_type GROUP BY s.storage_type"

Removable removable_in(SQLite::Statement& row) {
  Removable found;
  Columns(row) >> found.id >> found.file >> found.thumbnail >> found.size_bytes >> found.last_used_us;
  return found;
}

std::vector<Removable> all_of(Statement& rows) {
  std::vector<Removable> found;
  while (rows.executeStep()) found.push_back(removable_in(rows));
  return found;
}

}  // namespace

Result<std::vector<Removable>> Retention::assets(const std::string& storage_type, int limit) {
  return database_.impl().read(
      "look for files that nobody needs", [&](Connection& db) -> Result<std::vector<Removable>> {
        Statement rows(db,
                       "SELECT a.id, a.file_path, '', a.size_bytes, max(a.created_at, coalesce(("
                       "SELECT max(j.completed_at) FROM job_assets l JOIN jobs j ON j.id = l.job_id "
                       "WHERE l.asset_id = a.id), 0)) AS last_used FROM media_assets a "
                       "WHERE a.storage_type = ? AND " REELD_ASSET_IS_FREE
                       " ORDER BY last_used, a.id LIMIT ?");
        bind_all(rows, storage_type, limit);
        return all_of(rows);
      });
}

Result<std::vector<Removable>> Retention::films(int limit) {
  return database_.impl().read("look for old films", [&](Connection& db) -> Result<std::vector<Removable>> {
    Statement rows(db,
                   "SELECT id, file_path, thumbnail_path, coalesce(size_bytes, 0), created_at FROM videos "
                   "WHERE removed_at IS NULL AND job_id IN (SELECT id FROM jobs WHERE status = 'completed') "
                   "ORDER BY created_at, id LIMIT ?");
    bind_all(rows, limit);
    return all_of(rows);
  });
}

Result<bool> Retention::retire_asset(const std::string& id) {
  return database_.impl().write("give up the file of asset " + id, [&](Connection& db) -> Result<bool> {
    Statement row(db, "UPDATE media_assets AS a SET removed_at = ? WHERE a.id = ? AND " REELD_ASSET_IS_FREE);
    bind_all(row, now_us(), id);
    return row.exec() > 0;
  });
}

Result<void> Retention::retire_film(const std::string& id) {
  return database_.impl().write("give up the file of film " + id, [&](Connection& db) -> Result<void> {
    Statement row(db, "UPDATE videos SET removed_at = ? WHERE id = ? AND removed_at IS NULL");
    bind_all(row, now_us(), id);
    row.exec();
    return {};
  });
}

Result<void> Retention::set_poster_bytes(const std::string& film_id, std::int64_t bytes) {
  return database_.impl().write("record the size of film " + film_id + "'s poster",
                                [&](Connection& db) -> Result<void> {
                                  Statement row(db, "UPDATE videos SET thumbnail_bytes = ? WHERE id = ?");
                                  bind_all(row, bytes, film_id);
                                  row.exec();
                                  return {};
                                });
}

Result<void> Retention::lose_asset(const std::string& id) {
  return database_.impl().write("give up asset " + id, [&](Connection& db) -> Result<void> {
    Statement row(db, "UPDATE media_assets SET removed_at = ? WHERE id = ? AND removed_at IS NULL");
    bind_all(row, now_us(), id);
    row.exec();
    Statement fingerprints(db, "DELETE FROM asset_fingerprints WHERE asset_id = ?");
    bind_all(fingerprints, id);
    fingerprints.exec();
    return {};
  });
}

Result<std::vector<std::string>> Retention::check_database() {
  std::vector<std::string> wrong;
  const auto checked = database_.impl().read("check itself", [&](Connection& db) -> Result<void> {
    try {
      Statement rows(db, "PRAGMA quick_check(100)");
      while (rows.executeStep()) {
        const std::string line = rows.getColumn(0).getString();
        if (line != "ok") wrong.push_back(line);
      }
      if (!wrong.empty()) return {};  // what is damaged cannot be asked whom it refers to
      Statement strays(db, "SELECT \"table\", count(*) FROM pragma_foreign_key_check GROUP BY 1");
      while (strays.executeStep()) {
        wrong.push_back(strays.getColumn(1).getString() + " rows of " + strays.getColumn(0).getString() +
                        " refer to rows that are not there");
      }
    } catch (const SQLite::Exception& error) {
      // The checks themselves read what is damaged; the connection is of no use after it.
      if ((error.getErrorCode() & 0xff) == SQLITE_CORRUPT && wrong.empty()) wrong.emplace_back(error.what());
      throw;
    }
    return {};
  });
  if (wrong.empty()) REELD_TRY(checked);
  return wrong;
}

Result<std::vector<StorageSum>> Retention::sums() {
  return database_.impl().read("sum up what it holds",
                               [&](Connection& db) -> Result<std::vector<StorageSum>> {
                                 Statement rows(db, REELD_STORAGE_SUMS);
                                 std::vector<StorageSum> sums;
                                 while (rows.executeStep()) {
                                   StorageSum& sum = sums.emplace_back();
                                   Columns(rows) >> sum.type >> sum.size_bytes >> sum.file_count >>
                                       sum.kept_size_bytes >> sum.kept_file_count;
                                 }
                                 return sums;
                               });
}

Result<void> Retention::mend_sums() {
  return database_.impl().write("mend the sizes of its storage", [&](Connection& db) -> Result<void> {
    Statement row(db,
                  "UPDATE media_storage SET total_size_bytes = f.size_bytes, file_count = f.file_count "
                  "FROM (" REELD_STORAGE_SUMS ") f WHERE f.storage_type = media_storage.storage_type");
    row.exec();
    return {};
  });
}

}  // namespace reeld::storage
