// The record and the files as a whole: copies and exports, the space that files take, what may be removed and
// what is not as it should be. Cleans up by itself as the storage's policies say.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/asked_work.hpp"
#include "engine/desks/desk.hpp"

namespace reeld::engine {

class HousekeepingDesk {
 public:
  explicit HousekeepingDesk(const DeskTools& tools);
  ~HousekeepingDesk();
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
  void keep_house();

  const DeskTools& tools_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> stop_{false};
  std::thread house_keeper_;
  // Few at work at a time, and few that wait.
  AskedWork copies_{1, 4}, exports_{2, 8}, checks_{1, 4};
};

}  // namespace reeld::engine
