#include "storage/media.hpp"

#include "storage/database_impl.hpp"
#include "storage/sweep.hpp"

namespace reeld::storage {
namespace {

#define REELD_STORAGE_COLUMNS                                                                      \
  "id, storage_type, directory_path, total_size_bytes, file_count, last_cleanup, cleanup_policy, " \
  "access_permissions"

StorageRecord record_in(SQLite::Statement& row) {
  StorageRecord record;
  Json policy, permissions;
  Columns(row) >> record.id >> record.type >> record.directory >> record.total_size_bytes >>
      record.file_count >> record.last_cleanup_us >> policy >> permissions;
  const auto limit = [&](const char* name) {
    const auto it = policy.find(name);
    return it == policy.end() || it->is_null() ? std::nullopt : std::optional(it->get<std::int64_t>());
  };
  record.policy = {limit("max_age_days"), limit("max_size_mb"), policy.at("preserve_completed_videos")};
  record.permissions = {permissions.at("public_read"), permissions.at("authenticated_read"),
                        permissions.at("admin_write")};
  return record;
}

Error no_such_storage(const std::string& type) {
  return {Code::not_found,
          "There is no storage \"" + type + "\"; there are VIDEOS, IMAGES, AUDIO, TEMP and STOCK."};
}

Result<StorageRecord> found(Connection& db, const std::string& type) {
  Statement row(db, "SELECT " REELD_STORAGE_COLUMNS " FROM media_storage WHERE storage_type = ?");
  row.bind(1, type);
  if (!row.executeStep()) return no_such_storage(type);
  return record_in(row);
}

Json or_null_json(const std::optional<std::int64_t>& value) {
  return value ? Json(*value) : Json(nullptr);
}

// `column` = `value` where the type is `type`.
Result<StorageRecord> set(Database::Impl& impl, const std::string& type, const std::string& column,
                          const Json& value) {
  return impl.write_input("change the storage of " + type, [&](Connection& db) -> Result<StorageRecord> {
    Statement row(db, "UPDATE media_storage SET " + column + " = ? WHERE storage_type = ?");
    bind_all(row, value, type);
    if (row.exec() == 0) return no_such_storage(type);
    return found(db, type);
  });
}

}  // namespace

Result<std::vector<StorageRecord>> MediaStorage::list() {
  Database::Impl& impl = database_.impl();
  return impl.read("list the storage", [&](Connection& db) -> Result<std::vector<StorageRecord>> {
    Statement rows(db, "SELECT " REELD_STORAGE_COLUMNS " FROM media_storage ORDER BY id");
    std::vector<StorageRecord> records;
    while (rows.executeStep()) records.push_back(record_in(rows));
    return records;
  });
}

Result<StorageRecord> MediaStorage::find(const std::string& type) {
  Database::Impl& impl = database_.impl();
  return impl.read("read the storage of " + type, [&](Connection& db) { return found(db, type); });
}

Result<StorageRecord> MediaStorage::set_policy(const std::string& type, const CleanupPolicy& policy) {
  return set(database_.impl(), type, "cleanup_policy",
             {{"max_age_days", or_null_json(policy.max_age_days)},
              {"max_size_mb", or_null_json(policy.max_size_mb)},
              {"preserve_completed_videos", policy.preserve_completed_videos}});
}

Result<StorageRecord> MediaStorage::set_permissions(const std::string& type,
                                                    const AccessPermissions& permissions) {
  return set(database_.impl(), type, "access_permissions",
             {{"public_read", permissions.public_read},
              {"authenticated_read", permissions.authenticated_read},
              {"admin_write", permissions.admin_write}});
}

Result<void> MediaStorage::cleaned_up(const std::string& type) {
  Database::Impl& impl = database_.impl();
  return impl.write("record a cleanup of " + type, [&](Connection& db) -> Result<void> {
    Statement row(db, "UPDATE media_storage SET last_cleanup = ? WHERE storage_type = ?");
    bind_all(row, now_us(), type);
    if (row.exec() == 0) return no_such_storage(type);
    return {};
  });
}

Result<int> MediaStorage::sweep(int limit, const std::function<bool(const std::string& file)>& remove) {
  Database::Impl& impl = database_.impl();
  return impl.write("remove files that nobody needs", [&](Connection& db) -> Result<int> {
    Statement rows(db, "SELECT file_path FROM files_to_remove ORDER BY listed_at, file_path LIMIT ?");
    rows.bind(1, limit);
    return sweep_listed(db, rows, remove);
  });
}

int sweep_listed(Connection& db, Statement& listed,
                 const std::function<bool(const std::string& file)>& remove) {
  std::vector<std::string> files;
  while (listed.executeStep()) files.push_back(listed.getColumn(0).getString());
  int forgotten = 0;
  Statement forget(db, "DELETE FROM files_to_remove WHERE file_path = ?");
  for (const std::string& file : files) {
    if (!remove(file)) continue;
    bind_all(forget, file);
    forgotten += forget.exec();
    forget.reset();
  }
  return forgotten;
}

}  // namespace reeld::storage
