#include "storage/checkpointer.hpp"

#include <sqlite3.h>

#include <utility>

#include "storage/database_impl.hpp"

namespace reeld::storage {
namespace {

// Some 4 MB, as SQLite's own default.
constexpr int kCarriedOverPages = 1000;
// For readers who are within the log; writers wait as long.
constexpr int kWaitMs = 5;

}  // namespace

Checkpointer::Checkpointer(const std::string& file, Trouble& trouble)
    : db_(file, SQLite::OPEN_READWRITE), trouble_(trouble) {
  db_.setBusyTimeout(kWaitMs);
  thread_ = std::thread([this] { loop(); });
}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Checkpointer::watch(Connection& db) {
  // In the place of SQLite's own checkpoints.
  sqlite3_wal_hook(
      db.getHandle(),
      [](void* self, sqlite3*, const char*, int log_pages) {
        static_cast<Checkpointer*>(self)->committed(log_pages);
        return SQLITE_OK;
      },
      this);
}

void Checkpointer::committed(int log_pages) {
  if (log_pages < kCarriedOverPages) return;
  {
    const std::lock_guard lock(mutex_);
    log_pages_ = log_pages;
  }
  wake_.notify_one();
}

void Checkpointer::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return ending_ || log_pages_ > 0; });
    if (ending_) return;
    const int log_pages = std::exchange(log_pages_, 0);
    lock.unlock();
    carry_over(log_pages);
    lock.lock();
  }
}

void Checkpointer::carry_over(int log_pages) {
  try {
    // Beside readers and writers; it leaves what comes meanwhile.
    Statement(db_, "PRAGMA wal_checkpoint(PASSIVE)").executeStep();
    if (log_pages < kLargestLogPages) restart_at_ = kLargestLogPages;
    if (log_pages < restart_at_) return;
    Statement restart(db_, "PRAGMA wal_checkpoint(RESTART)");
    restart.executeStep();
    // A reader within the log, as a copy that is being made, holds it up: not again with every commit.
    const bool held_up = restart.getColumn(0).getInt() != 0;
    if (held_up) restart_at_ = log_pages + kLargestLogPages;
  } catch (const SQLite::Exception& exception) {
    // Nothing is lost: it stays in the log until a later one.
    trouble_.met(exception, error_of(exception, "carry its log over", db_.getHandle()));
  }
}

}  // namespace reeld::storage
