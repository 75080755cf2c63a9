// Inside storage/ only: the connection, and how SQLite's exceptions become our errors.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <sqlite3.h>

#include <mutex>
#include <string>
#include <utility>

#include "storage/database.hpp"

namespace reeld::storage {

struct Database::Impl {
  explicit Impl(const std::filesystem::path& path)
      : file(path), connection(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyTimeoutMs) {}

  static constexpr int kBusyTimeoutMs = 5000;

  const std::filesystem::path file;
  std::mutex mutex;  // held over every use of the connection
  SQLite::Database connection;
};

inline Error database_error(const SQLite::Exception& error) {
  const int code = error.getErrorCode();
  const std::string words = error.what();
  if (code == SQLITE_FULL) return Error{Code::disk_full, "the database cannot grow: " + words};
  if (code == SQLITE_CONSTRAINT && words.find("status step not allowed") != std::string::npos) {
    return Error{Code::invalid_state, "the job's status does not allow that step"};
  }
  return Error{Code::database_failed, "the database refused: " + words};
}

// Runs `work` with the connection's lock held; nothing that SQLite throws leaves this folder.
template <class Work>
auto with_connection(Database::Impl& impl, Work work) -> decltype(work(impl.connection)) {
  const std::lock_guard lock(impl.mutex);
  try {
    return work(impl.connection);
  } catch (const SQLite::Exception& error) {
    return database_error(error);
  } catch (const std::exception& error) {
    return Error{Code::database_failed, std::string("a record cannot be read: ") + error.what()};
  }
}

inline std::optional<std::int64_t> optional_int(const SQLite::Column& column) {
  return column.isNull() ? std::nullopt : std::optional(column.getInt64());
}

inline void bind_optional(SQLite::Statement& statement, int index, const std::optional<std::int64_t>& value) {
  if (value) {
    statement.bind(index, *value);
  } else {
    statement.bind(index);
  }
}

inline std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace reeld::storage
