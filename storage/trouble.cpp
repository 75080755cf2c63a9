#include "storage/trouble.hpp"

#include <sqlite3.h>

namespace reeld::storage {

void Trouble::met(const SQLite::Exception& exception, const Error& error) {
  const std::lock_guard lock(mutex_);
  switch (exception.getErrorCode() & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      damage_ = error;
      break;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_BUSY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      hindrance_ = error;
      break;
    default:
      break;
  }
}

void Trouble::wrote() {
  const std::lock_guard lock(mutex_);
  hindrance_.reset();
}

std::optional<Error> Trouble::now() const {
  const std::lock_guard lock(mutex_);
  return damage_ ? damage_ : hindrance_;
}

}  // namespace reeld::storage
