#include "engine/backup_desk.hpp"

#include <spdlog/spdlog.h>

namespace reeld::engine {

using storage::Json;

BackupDesk::~BackupDesk() {
  stop_ = true;
  if (copy_ && copy_->thread.joinable()) copy_->thread.join();
}

Result<Json> BackupDesk::copy(const std::filesystem::path& target) {
  const std::lock_guard lock(mutex_);
  if (copy_ && !copy_->end && copy_->target != target) {
    return Error{Code::busy,
                 "The database is being copied to " + copy_->target.string() + "; ask again later."};
  }
  if (copy_ && copy_->end) {
    copy_->thread.join();
    const Copy ended = std::move(*copy_);
    copy_.reset();
    if (ended.target == target) {
      if (!*ended.end) return ended.end->error();
      return Json{{"target", target.string()},
                  {"status", "done"},
                  {"bytes", (*ended.end)->bytes},
                  {"rows", (*ended.end)->rows}};
    }
  }
  if (!copy_) {
    copy_.emplace();
    copy_->target = target;
    copy_->thread = std::thread([this, target] {
      auto end = database_.backup(target, [this] { return stop_.load(); });
      if (end) {
        spdlog::info("database copied to {} bytes={} rows={}", target.string(), end->bytes, end->rows);
      } else {
        spdlog::error("{}", end.error().message);
      }
      const std::lock_guard done(mutex_);
      copy_->end = std::move(end);
    });
  }
  return Json{{"target", target.string()}, {"status", "copying"}, {"bytes", nullptr}, {"rows", nullptr}};
}

}  // namespace reeld::engine
