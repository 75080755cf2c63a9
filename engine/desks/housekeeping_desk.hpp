// The record and the files as a whole: copies and exports, the space that files take, what may be removed and
// what is not as it should be. Cleans up by itself as the storage's policies say.
#pragma once

#include <chrono>

#include "engine/asked_work.hpp"
#include "engine/desks/desk.hpp"
#include "engine/periodic.hpp"
#include "storage/media.hpp"

namespace reeld::engine {

class HousekeepingDesk {
 public:
  explicit HousekeepingDesk(const DeskTools& tools);
  // `lists` are the methods that can be exported.
  Handlers handlers(const Handlers& lists);

 private:
  Result<Json> storage_list();
  Result<Json> storage_set(const Json& params);
  Result<Json> backup(const Json& params);
  Result<Json> export_list(const Handlers& lists, const Json& params);
  Result<Json> gc(const Json& params);
  Result<Json> fsck(const Json& params);
  Result<Json> remove_job(const Json& params);
  storage::StorageRecord with_jobs(storage::StorageRecord record) const;
  void keep_house(const std::atomic<bool>& stop);

  using Clock = std::chrono::steady_clock;

  const DeskTools& tools_;
  const Clock::duration between_;  // cleanups as the policies say
  Clock::time_point next_cleanup_;
  // Few at work at a time, and few that wait.
  AskedWork copies_{1, 4}, exports_{2, 8}, checks_{1, 4};
  Periodic house_keeping_;
};

}  // namespace reeld::engine
