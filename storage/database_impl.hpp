// What the files of Database share: the connection, its mutex, and the one place where SQLite's exceptions
// become errors. Private to storage/.
#pragma once

#include <exception>
#include <mutex>
#include <string>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/database.hpp"

namespace reeld::storage {

// `tried` continues "The database could not ".
Error error_of(const SQLite::Exception& exception, const std::string& tried, sqlite3* handle);

Error no_such_job(const std::string& id);

// JSON as text; bytes that are no UTF-8 (file names may have them) become U+FFFD instead of an exception.
std::string text_of(const Json& json);

std::optional<std::int64_t> optional_int(const SQLite::Column& column);
std::optional<double> optional_real(const SQLite::Column& column);

template <class Value>
void bind_optional(SQLite::Statement& statement, int index, const std::optional<Value>& value) {
  if (value) {
    statement.bind(index, *value);
  } else {
    statement.bind(index);
  }
}

// '' is kept as NULL and read back as ''.
void bind_text_or_null(SQLite::Statement& statement, int index, const std::string& text);
std::string text_or_empty(const SQLite::Column& column);

// The columns error_code, error_message, error_path: three in a row from `first`.
std::optional<Error> error_in(SQLite::Statement& row, int first);
void bind_error(SQLite::Statement& statement, int first, const std::optional<Error>& error);

struct Database::Impl {
  Impl(const std::filesystem::path& file, int flags) : db(file.string(), flags) {}

  // Runs `body`, which returns a Result, alone on the connection.
  template <class Body>
  auto guarded(const std::string& tried, Body&& body) -> decltype(body()) {
    const std::lock_guard lock(mutex);
    try {
      return std::forward<Body>(body)();
    } catch (const SQLite::Exception& exception) {
      return error_of(exception, tried, db.getHandle());
    } catch (const std::exception& exception) {
      return Error{Code::database_failed, "The database could not " + tried + ": " + exception.what() + "."};
    }
  }

  // Bodies of more than one method; the mutex is held by the caller.
  Result<Job> find_job(const std::string& id);

  std::mutex mutex;
  SQLite::Database db;
  int version = 0;
};

}  // namespace reeld::storage
