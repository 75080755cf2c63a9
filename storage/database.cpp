#include "storage/database.hpp"

#include <sqlite3.h>

#include <array>
#include <cerrno>

#include "storage/database_impl.hpp"
#include "storage/migrations.hpp"

namespace reeld::storage {
namespace {

std::string damaged(sqlite3* handle) {
  const char* const file = handle != nullptr ? sqlite3_db_filename(handle, "main") : nullptr;
  const std::string name = file != nullptr && *file != '\0' ? file : "reeld.db";
  return " The file " + name +
         " is damaged or no database: end reeld, move the file away, and put a backup in its place.";
}

}  // namespace

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file) {
  std::unique_ptr<Connection> db;
  try {
    db = std::make_unique<Connection>(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    db->setBusyTimeout(kBusyTimeoutMs);
    // The version is read before anything is written: a newer database stays as it is.
    const int newest = all_migrations().back().version;
    if (db->execAndGet("PRAGMA user_version").getInt() <= newest) {
      db->exec("PRAGMA journal_mode = WAL");
      // Every commit is brought to disk before it is answered.
      db->exec("PRAGMA synchronous = FULL");
      db->exec("PRAGMA foreign_keys = ON");
    }
    REELD_ASSIGN(const int version, migrate(*db, file, all_migrations()));
    // Whoever made them is gone.
    db->exec("DELETE FROM cost_reservations");
    return std::unique_ptr<Database>(new Database(std::make_unique<Impl>(std::move(db), version)));
  } catch (const SQLite::Exception& exception) {
    return error_of(exception, "open " + file.string(), db ? db->getHandle() : nullptr);
  } catch (const std::exception& exception) {
    return Error{Code::database_failed,
                 "The database could not open " + file.string() + ": " + exception.what() + "."};
  }
}

int Database::schema_version() const {
  return impl_->version;
}

Database::Writes Database::writes() const {
  const Writer::Figures figures = impl_->writer.figures();
  return {figures.changes, figures.commits};
}

std::optional<Error> Database::trouble() const {
  return impl_->trouble.now();
}

Result<Json> Database::counts() {
  return impl_->read("count its records", [&](Connection& db) -> Result<Json> {
    Json jobs = Json::object();
    for (int i = 0; i <= static_cast<int>(JobStatus::cancelled); ++i) {
      jobs[std::string(job_status_name(static_cast<JobStatus>(i)))] = 0;
    }
    Statement by_status(db, "SELECT status, count(*) FROM jobs GROUP BY status");
    while (by_status.executeStep()) {
      jobs[by_status.getColumn(0).getString()] = by_status.getColumn(1).getInt64();
    }
    const auto rows = [&](const char* table) {
      return db.execAndGet(std::string("SELECT count(*) FROM ") + table).getInt64();
    };
    return Json{{"jobs", jobs},
                {"assets", rows("media_assets")},
                {"videos", rows("videos")},
                {"events", rows("progress_events")}};
  });
}

namespace {
constexpr std::array<std::string_view, 6> kStatusNames = {
    "pending", "media_generation", "video_composition", "completed", "failed", "cancelled"};
}  // namespace

std::string_view job_status_name(JobStatus status) {
  return kStatusNames[static_cast<std::size_t>(status)];
}

std::optional<JobStatus> job_status_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kStatusNames.size(); ++i) {
    if (kStatusNames[i] == name) return static_cast<JobStatus>(i);
  }
  return std::nullopt;
}

bool is_final(JobStatus status) {
  return status == JobStatus::completed || status == JobStatus::failed || status == JobStatus::cancelled;
}

Error error_of(const SQLite::Exception& exception, const std::string& tried, sqlite3* handle) {
  const std::string words = "The database could not " + tried + ": " + exception.what() + ".";
  const int code = exception.getErrorCode() & 0xff;
  const int system_error = handle != nullptr ? sqlite3_system_errno(handle) : 0;
  // Growing the shared index of the log reports a full disk only as an input/output error.
  const bool full_by_errno = code == SQLITE_IOERR && (system_error == ENOSPC || system_error == EDQUOT);
  if (code == SQLITE_FULL || full_by_errno) {
    return {Code::disk_full, words + " Free some space in the data directory."};
  }
  switch (code) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Code::database_failed, words + damaged(handle)};
    case SQLITE_BUSY:
      return {Code::busy, words + " Another process holds the database: end it and try again."};
    case SQLITE_IOERR:
      return {Code::database_failed, words + " The disk of the data directory failed, or is read-only."};
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return {Code::database_failed,
              words + " The data directory and the files in it must be reeld's to write."};
    default:
      break;
  }
  switch (exception.getExtendedErrorCode()) {
    case SQLITE_CONSTRAINT_TRIGGER:
      return {Code::invalid_state, words};
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return {Code::not_found, "The database could not " + tried + ": what it refers to is not there."};
    default:
      return {Code::database_failed, words};
  }
}

Error input_error_of(const SQLite::Exception& exception, const std::string& tried, sqlite3* handle) {
  Error error = error_of(exception, tried, handle);
  switch (exception.getExtendedErrorCode()) {
    case SQLITE_CONSTRAINT_CHECK:
    case SQLITE_CONSTRAINT_NOTNULL:
    case SQLITE_CONSTRAINT_DATATYPE:
      error.code = Code::invalid_request;
      break;
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
      error = {Code::conflict, "The database could not " + tried + ": there is one already."};
      break;
    default:
      break;
  }
  return error;
}

Error no_such_job(const std::string& id) {
  return {Code::not_found, "There is no job \"" + id + "\"."};
}

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<std::int64_t> optional_int(const SQLite::Column& column) {
  if (column.isNull()) return std::nullopt;
  return column.getInt64();
}

std::optional<double> optional_real(const SQLite::Column& column) {
  if (column.isNull()) return std::nullopt;
  return column.getDouble();
}

void bind_text_or_null(SQLite::Statement& statement, int index, const std::string& text) {
  if (text.empty()) {
    statement.bind(index);
  } else {
    statement.bind(index, text);
  }
}

std::string text_or_empty(const SQLite::Column& column) {
  return column.isNull() ? std::string() : column.getString();
}

std::optional<Error> error_in(SQLite::Statement& row, int first) {
  if (row.getColumn(first).isNull()) return std::nullopt;
  return Error{code_from_name(row.getColumn(first).getString()).value_or(Code::internal),
               row.getColumn(first + 1).getString(), row.getColumn(first + 2).getString()};
}

Columns& Columns::operator>>(std::optional<Error>& error) {
  error = error_in(row_, next_);
  next_ += 3;
  return *this;
}

void Columns::read(Json& value) {
  const SQLite::Column found = column();
  value = found.isNull() ? Json() : Json::parse(found.getString());
}

void bind_error(SQLite::Statement& statement, int first, const std::optional<Error>& error) {
  if (!error) {
    for (int i = 0; i < 3; ++i) statement.bind(first + i);
    return;
  }
  statement.bind(first, std::string(code_name(error->code)));
  statement.bind(first + 1, error->message);
  statement.bind(first + 2, error->path);
}

}  // namespace reeld::storage
