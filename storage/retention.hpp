// What may be removed of the files on disk, and whether the records are true of them. A record outlives its
// file: an asset or film whose file is removed says when. Any thread. Errors are those of every method of
// Database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"

namespace reeld::storage {

// A file that nobody needs now.
struct Removable {
  std::string id;         // of its asset or film
  std::string file;       // relative to the data directory; of a film its absolute path
  std::string thumbnail;  // of a film: the absolute path of its poster, or empty
  std::int64_t size_bytes = 0;
  std::int64_t last_used_us = 0;  // by the job that ended last, or when it was made
};

// How much of a storage type the records hold, summed anew, and what is kept of it.
struct StorageSum {
  std::string type;
  std::int64_t size_bytes = 0, file_count = 0;            // summed
  std::int64_t kept_size_bytes = 0, kept_file_count = 0;  // as media_storage says
};

class Retention {
 public:
  explicit Retention(Database& database) : database_(database) {}

  // Assets of a storage type (IMAGES, AUDIO, STOCK, VIDEOS) that no unfinished job and no take of a project
  // uses; the least recently used first, at most `limit`.
  Result<std::vector<Removable>> assets(const std::string& storage_type, int limit);
  // Films of completed jobs, the oldest first, at most `limit`.
  Result<std::vector<Removable>> films(int limit);

  // The asset's file goes: it is listed for MediaStorage::sweep in the same transaction. False where somebody
  // needs it by now.
  Result<bool> retire_asset(const std::string& id);
  Result<void> retire_film(const std::string& id);
  Result<void> set_poster_bytes(const std::string& film_id, std::int64_t bytes);  // as measured
  // The file is gone or not what it was: no wish is served from it any more.
  Result<void> lose_asset(const std::string& id);

  // What SQLite finds wrong with the database; empty where it is whole.
  Result<std::vector<std::string>> check_database();
  Result<std::vector<StorageSum>> sums();  // of all types but TEMP
  Result<void> mend_sums();

 private:
  Database& database_;
};

}  // namespace reeld::storage
