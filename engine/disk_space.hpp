// Space on disk, set aside for jobs before they start, so that what begins can also end. Any thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "engine/request.hpp"

namespace reeld::engine {

// What a job will write, before anything is known but its request. Generous: a scene that lasts as long as
// its speech is taken to be read slowly, pictures to be large, and the film to be full of detail.
struct DiskNeed {
  std::int64_t film_bytes = 0;  // in the target's folder
  std::int64_t work_bytes = 0;  // in the data directory: coded segments, sound, pictures
};
DiskNeed disk_need(const Request& request);

class DiskSpace {
 public:
  // `kept_free_bytes` of every file system are never set aside.
  explicit DiskSpace(std::int64_t kept_free_bytes) : kept_free_bytes_(kept_free_bytes) {}

  // Given back with it.
  class Reservation {
   public:
    Reservation(Reservation&& other) noexcept
        : space_(other.space_), parts_(std::exchange(other.parts_, {})) {}
    Reservation& operator=(Reservation&&) = delete;
    ~Reservation();

   private:
    friend class DiskSpace;
    explicit Reservation(DiskSpace& space) : space_(space) {}
    DiskSpace& space_;
    std::vector<std::pair<dev_t, std::int64_t>> parts_;
  };

  // Sets `need` aside on the file systems of the two folders. What jobs have written already counts once more
  // until they end: there is rather too much room than too little. disk_full, naming the folder, what is
  // needed, what is free and what others have set aside; target_unwritable for a folder that is not there.
  Result<Reservation> reserve(const DiskNeed& need, const std::filesystem::path& data_dir,
                              const std::filesystem::path& target_folder);

 private:
  Result<void> take(Reservation& reservation, const std::filesystem::path& folder, std::int64_t bytes);

  const std::int64_t kept_free_bytes_;
  std::mutex mutex_;
  std::map<dev_t, std::int64_t> reserved_;
};

}  // namespace reeld::engine
