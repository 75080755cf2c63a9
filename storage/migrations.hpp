// The schema's numbered steps. Used by Database::open before any other thread has the connection.
#pragma once

#include <filesystem>
#include <span>

#include <SQLiteCpp/SQLiteCpp.h>

#include "base/result.hpp"

namespace reeld::storage {

struct Migration {
  int version;  // ascending from 1
  const char* name;
  const char* sql;
};

// Those of storage/migrations/, in the order of their versions.
std::span<const Migration> all_migrations();

// Applies the steps that are missing, each in a transaction, and gives the version reached. A database that
// has content is first copied to FILE.before-NNNN, NNNN being the first step to come. Errors: invalid_state
// for a database newer than the last of `migrations`. SQLite's exceptions pass through.
Result<int> migrate(SQLite::Database& db, const std::filesystem::path& file,
                    std::span<const Migration> migrations);

}  // namespace reeld::storage
