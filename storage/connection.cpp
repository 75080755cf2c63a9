#include "storage/connection.hpp"

namespace reeld::storage {
namespace {

// More than all methods have; lists with unusual filters come on top, and then all are prepared anew.
constexpr std::size_t kMaxIdle = 500;

}  // namespace

Statement::Statement(Connection& db, const std::string& sql) : db_(db) {
  auto found = db.idle_.find(sql);
  if (found == db.idle_.end()) {
    found = db.idle_.emplace(sql, std::make_unique<SQLite::Statement>(db, sql));
  }
  prepared_ = db.idle_.extract(found);
}

Statement::~Statement() {
  prepared_.mapped()->tryReset();  // says again what the last step failed with
  prepared_.mapped()->clearBindings();
  if (db_.idle_.size() >= kMaxIdle) db_.idle_.clear();
  db_.idle_.insert(std::move(prepared_));
}

}  // namespace reeld::storage
