#include "storage/readers.hpp"

#include "storage/database_impl.hpp"

namespace reeld::storage {
namespace {

// Each keeps some 2 MB of pages; those of a rush are closed after it.
constexpr std::size_t kMaxIdle = 8;

}  // namespace

std::unique_ptr<Connection> Readers::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto db = std::move(idle_.back());
      idle_.pop_back();
      return db;
    }
  }
  auto db = std::make_unique<Connection>(file_, SQLite::OPEN_READONLY);
  db->setBusyTimeout(kBusyTimeoutMs);
  return db;
}

void Readers::give_back(std::unique_ptr<Connection> db) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kMaxIdle) idle_.push_back(std::move(db));
}

}  // namespace reeld::storage
