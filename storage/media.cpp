#include "storage/media.hpp"

#include "storage/database_impl.hpp"

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

Result<StorageRecord> found(SQLite::Database& db, const std::string& type) {
  SQLite::Statement row(db, "SELECT " REELD_STORAGE_COLUMNS " FROM media_storage WHERE storage_type = ?");
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
  return impl.guarded_input("change the storage of " + type, [&]() -> Result<StorageRecord> {
    SQLite::Statement row(impl.db, "UPDATE media_storage SET " + column + " = ? WHERE storage_type = ?");
    bind_all(row, value, type);
    if (row.exec() == 0) return no_such_storage(type);
    return found(impl.db, type);
  });
}

}  // namespace

Result<std::vector<StorageRecord>> MediaStorage::list() {
  Database::Impl& impl = database_.impl();
  return impl.guarded("list the storage", [&]() -> Result<std::vector<StorageRecord>> {
    SQLite::Statement rows(impl.db, "SELECT " REELD_STORAGE_COLUMNS " FROM media_storage ORDER BY id");
    std::vector<StorageRecord> records;
    while (rows.executeStep()) records.push_back(record_in(rows));
    return records;
  });
}

Result<StorageRecord> MediaStorage::find(const std::string& type) {
  Database::Impl& impl = database_.impl();
  return impl.guarded("read the storage of " + type, [&] { return found(impl.db, type); });
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

Result<void> MediaStorage::set_temp_usage(std::int64_t size_bytes, std::int64_t file_count) {
  Database::Impl& impl = database_.impl();
  return impl.guarded_input("record the use of TEMP", [&]() -> Result<void> {
    SQLite::Statement row(
        impl.db, "UPDATE media_storage SET total_size_bytes = ?, file_count = ? WHERE storage_type = 'TEMP'");
    bind_all(row, size_bytes, file_count);
    row.exec();
    return {};
  });
}

Result<void> MediaStorage::cleaned_up(const std::string& type) {
  Database::Impl& impl = database_.impl();
  return impl.guarded("record a cleanup of " + type, [&]() -> Result<void> {
    SQLite::Statement row(impl.db, "UPDATE media_storage SET last_cleanup = ? WHERE storage_type = ?");
    bind_all(row, now_us(), type);
    if (row.exec() == 0) return no_such_storage(type);
    return {};
  });
}

Result<int> MediaStorage::sweep(int limit, const std::function<bool(const std::string& file)>& remove) {
  Database::Impl& impl = database_.impl();
  return impl.guarded("remove files that nobody needs", [&]() -> Result<int> {
    SQLite::Transaction transaction(impl.db, SQLite::TransactionBehavior::IMMEDIATE);
    std::vector<std::string> files;
    {
      SQLite::Statement rows(impl.db,
                             "SELECT file_path FROM files_to_remove ORDER BY listed_at, file_path LIMIT ?");
      rows.bind(1, limit);
      while (rows.executeStep()) files.push_back(rows.getColumn(0).getString());
    }
    int forgotten = 0;
    SQLite::Statement forget(impl.db, "DELETE FROM files_to_remove WHERE file_path = ?");
    for (const std::string& file : files) {
      if (!remove(file)) continue;
      bind_all(forget, file);
      forgotten += forget.exec();
      forget.reset();
    }
    transaction.commit();
    return forgotten;
  });
}

}  // namespace reeld::storage
