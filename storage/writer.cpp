#include "storage/writer.hpp"

#include <sqlite3.h>

#include <algorithm>

#include "base/check.hpp"
#include "storage/database_impl.hpp"

namespace reeld::storage {
namespace {

// Nobody waits for more than these before the answer to his own.
constexpr std::size_t kMaxBatch = 128;

void exec(Connection& db, const char* sql) {
  Statement(db, sql).exec();
}

}  // namespace

Writer::Writer(std::unique_ptr<Connection> db, Trouble& trouble)
    : db_(std::move(db)), trouble_(trouble), thread_([this] { loop(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

std::optional<Error> Writer::run(const std::string& tried, const Change& change) {
  REELD_CHECK(std::this_thread::get_id() != thread_.get_id());
  Queued queued{tried, change, {}};
  auto answer = queued.answer.get_future();
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(&queued);
  }
  arrived_.notify_one();
  return answer.get();
}

Writer::Figures Writer::figures() {
  const std::lock_guard lock(mutex_);
  Figures now = figures_;
  now.waiting = static_cast<std::int64_t>(queue_.size());
  return now;
}

void Writer::loop() {
  for (;;) {
    const std::vector<Queued*> batch = next_batch();
    if (batch.empty()) return;
    commit_together(batch);
  }
}

std::vector<Writer::Queued*> Writer::next_batch() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return ending_ || !queue_.empty(); });
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), kMaxBatch));
  std::vector<Queued*> batch(queue_.begin(), end);
  queue_.erase(queue_.begin(), end);
  return batch;
}

void Writer::commit_together(const std::vector<Queued*>& batch) {
  std::size_t done = 0;       // of the batch: the first ones
  std::vector<Queued*> kept;  // of these, what is within the transaction, and durable only with it
  try {
    for (; done < batch.size(); ++done) {
      if (!in_transaction()) exec(*db_, "BEGIN IMMEDIATE");
      if (const auto error = apply(*batch[done])) {
        if (!in_transaction()) fail(std::exchange(kept, {}), *error);
        batch[done]->answer.set_value(error);
      } else {
        kept.push_back(batch[done]);
      }
    }
    if (in_transaction()) exec(*db_, "COMMIT");
    if (!kept.empty()) trouble_.wrote();
    {
      const std::lock_guard lock(mutex_);
      figures_.changes += static_cast<std::int64_t>(kept.size());
      figures_.commits += kept.empty() ? 0 : 1;
    }
    for (Queued* queued : kept) queued->answer.set_value(std::nullopt);
  } catch (const SQLite::Exception& exception) {
    // A change does not throw, so this is the transaction's own failure.
    const Error error = error_of(exception, "commit", db_->getHandle());
    trouble_.met(exception, error);
    roll_back();
    fail(kept, error);
    fail({batch.begin() + static_cast<std::ptrdiff_t>(done), batch.end()}, error);
  }
}

// At some errors, as on a full disk, SQLite undoes the whole transaction and not the last change alone.
std::optional<Error> Writer::apply(const Queued& queued) {
  exec(*db_, "SAVEPOINT change");
  auto error = queued.change(*db_);
  if (!in_transaction()) {
    return error ? error : Error{Code::internal, "The change to " + queued.tried + " hid an error."};
  }
  if (error) exec(*db_, "ROLLBACK TO change");
  exec(*db_, "RELEASE change");
  return error;
}

// They were well in themselves, and are gone with the transaction.
void Writer::fail(const std::vector<Queued*>& changes, const Error& reason) {
  for (Queued* queued : changes) {
    queued->answer.set_value(
        Error{reason.code, "The database could not " + queued->tried +
                               ": what was committed with it failed, or the commit did. " + reason.message});
  }
}

void Writer::roll_back() {
  try {
    if (in_transaction()) exec(*db_, "ROLLBACK");
  } catch (const SQLite::Exception&) {
    // It fails only where SQLite has rolled back by itself.
  }
}

bool Writer::in_transaction() const {
  return sqlite3_get_autocommit(db_->getHandle()) == 0;
}

}  // namespace reeld::storage
