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

// The same of values that a client gave.
Error input_error_of(const SQLite::Exception& exception, const std::string& tried, sqlite3* handle);

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

// The columns of a row from left to right: columns >> a >> b. NULL reads as "" or as nullopt.
class Columns {
 public:
  explicit Columns(SQLite::Statement& row, int first = 0) : row_(row), next_(first) {}

  template <class Value>
  Columns& operator>>(Value& value) {
    read(value);
    return *this;
  }
  // The three columns of an error are one value.
  Columns& operator>>(std::optional<Error>& error);

 private:
  SQLite::Column column() { return row_.getColumn(next_++); }
  void read(std::string& value) { value = text_or_empty(column()); }
  void read(bool& value) { value = column().getInt() != 0; }
  void read(int& value) { value = column().getInt(); }
  void read(std::int64_t& value) { value = column().getInt64(); }
  void read(double& value) { value = column().getDouble(); }
  void read(std::optional<std::int64_t>& value) { value = optional_int(column()); }
  void read(std::optional<double>& value) { value = optional_real(column()); }
  void read(Json& value);  // NULL as null

  SQLite::Statement& row_;
  int next_;
};

// An empty text is bound as NULL.
struct TextOrNull {
  const std::string& text;
};
inline TextOrNull or_null(const std::string& text) {
  return {text};
}

inline void bind_value(SQLite::Statement& row, int index, const std::string& value) {
  row.bind(index, value);
}
inline void bind_value(SQLite::Statement& row, int index, const char* value) {
  row.bind(index, value);
}
inline void bind_value(SQLite::Statement& row, int index, bool value) {
  row.bind(index, value ? 1 : 0);
}
inline void bind_value(SQLite::Statement& row, int index, int value) {
  row.bind(index, value);
}
inline void bind_value(SQLite::Statement& row, int index, std::int64_t value) {
  row.bind(index, value);
}
inline void bind_value(SQLite::Statement& row, int index, double value) {
  row.bind(index, value);
}
inline void bind_value(SQLite::Statement& row, int index, const Json& value) {
  row.bind(index, text_of(value));
}
inline void bind_value(SQLite::Statement& row, int index, const TextOrNull& value) {
  bind_text_or_null(row, index, value.text);
}
template <class Value>
void bind_value(SQLite::Statement& row, int index, const std::optional<Value>& value) {
  bind_optional(row, index, value);
}

// All of a statement's values, from the first `?` on.
template <class... Values>
void bind_all(SQLite::Statement& row, const Values&... values) {
  int index = 0;
  (bind_value(row, ++index, values), ...);
}

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

  // The same for values that come from a client: what a CHECK of the database refuses is then
  // invalid_request, what is there once already is a conflict.
  template <class Body>
  auto guarded_input(const std::string& tried, Body&& body) -> decltype(body()) {
    return guarded(tried, [&]() -> decltype(body()) {
      try {
        return std::forward<Body>(body)();
      } catch (const SQLite::Exception& exception) {
        return input_error_of(exception, tried, db.getHandle());
      }
    });
  }

  // Bodies of more than one method; the mutex is held by the caller.
  Result<Job> find_job(const std::string& id);

  std::mutex mutex;
  SQLite::Database db;
  int version = 0;
};

}  // namespace reeld::storage
