// What the files of Database share: the ways to read and to write, and the one place where SQLite's
// exceptions become errors. Private to storage/.
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/checkpointer.hpp"
#include "storage/connection.hpp"
#include "storage/database.hpp"
#include "storage/readers.hpp"
#include "storage/trouble.hpp"
#include "storage/writer.hpp"

namespace reeld::storage {

// Another process on the same file (a backup, a look with the shell) may hold it for moments. What comes
// while one change waits so long waits as long again, and clients wait 5 s.
constexpr int kBusyTimeoutMs = 2000;

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

// What a body gives: a Result.
template <class Body>
using Answer = std::invoke_result_t<Body&, Connection&>;

// A method of the database is one of
//
//   return impl.read("read job " + id, [&](Connection& db) -> Result<Job> { ... });
//   return impl.write("change job " + id, [&](Connection& db) -> Result<void> { ... });
//   return impl.write_input("record a project", [&](Connection& db) -> Result<Project> { ... });
//
// and its statements are `Statement row(db, "...")`. A body makes no transaction of its own, and calls no
// method of the database. What SQLite throws within it becomes its error.
struct Database::Impl {
  Impl(std::unique_ptr<Connection> db, int schema_version)
      : readers(db->getFilename()),
        checkpointer(readers.file(), trouble),
        writer(watched(std::move(db)), trouble),
        version(schema_version) {}

  // On a connection that only reads, within one transaction: all that `body` reads is of one moment, and
  // nobody who writes is waited for.
  template <class Body>
  Answer<Body> read(const std::string& tried, Body&& body) {
    std::unique_ptr<Connection> db;
    return attempt<Answer<Body>>(tried, error_of, db, [&] {
      db = readers.take();
      Statement(*db, "BEGIN").exec();
      Answer<Body> answer = body(*db);
      Statement(*db, "COMMIT").exec();
      readers.give_back(std::move(db));
      return answer;
    });  // a connection that something was thrown on is closed
  }

  // On the writer's thread, in a transaction; durable when this returns. An error that `body` gives undoes
  // what it did.
  template <class Body>
  Answer<Body> write(const std::string& tried, Body&& body) {
    return changed(tried, error_of, body);
  }

  // The same for values that come from a client: what a CHECK of the database refuses is then
  // invalid_request, what is there once already is a conflict.
  template <class Body>
  Answer<Body> write_input(const std::string& tried, Body&& body) {
    return changed(tried, input_error_of, body);
  }

  Trouble trouble;
  Readers readers;
  Checkpointer checkpointer;
  Writer writer;
  const int version;

 private:
  std::unique_ptr<Connection> watched(std::unique_ptr<Connection> db) {
    checkpointer.watch(*db);
    return db;
  }

  using Translate = Error (*)(const SQLite::Exception&, const std::string& tried, sqlite3*);

  template <class Body>
  Answer<Body> changed(const std::string& tried, Translate translate, Body& body) {
    std::optional<Answer<Body>> answer;
    const auto error = writer.run(tried, [&](Connection& db) -> std::optional<Error> {
      const Connection* const connection = &db;
      answer.emplace(attempt<Answer<Body>>(tried, translate, connection, [&] { return body(db); }));
      return *answer ? std::nullopt : std::optional(answer->error());
    });
    if (error) return *error;
    return *std::move(answer);
  }

  // `db` is a pointer to the connection, which may be none yet.
  template <class Given, class Pointer, class Body>
  Given attempt(const std::string& tried, Translate translate, const Pointer& db, Body&& body) {
    try {
      return body();
    } catch (const SQLite::Exception& exception) {
      const Error error = translate(exception, tried, db ? db->getHandle() : nullptr);
      trouble.met(exception, error);
      return error;
    } catch (const std::exception& exception) {
      return Error{Code::database_failed, "The database could not " + tried + ": " + exception.what() + "."};
    }
  }
};

// Of more than one file's methods.
Result<Job> found_job(Connection& db, const std::string& id);

}  // namespace reeld::storage
