// The schema's versions. Each numbered SQL file in storage/migrations/ is embedded and applied once, in a
// transaction.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include <SQLiteCpp/Database.h>

#include "base/result.hpp"

namespace reeld::storage {

struct Migration {
  int version;
  std::string_view name;
  std::string_view sql;
};

// In the order of their versions: 1, 2, ...
std::span<const Migration> all_migrations();

// Brings the database to the last of `migrations`. Before it changes a database that has rows already, it
// copies it beside itself (NAME.before-VERSION). Errors: invalid_state for a newer one than the last,
// database_failed.
Result<void> migrate(SQLite::Database& database, const std::filesystem::path& file,
                     std::span<const Migration> migrations);

}  // namespace reeld::storage
