// What files there are, how much there is of each kind of file, what may be removed when, and which files
// nobody needs any more. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"
#include "storage/listing.hpp"

namespace reeld::storage {

// Empty fields do not restrict.
struct AssetFilter {
  std::string type = {}, source_type = {}, provider = {}, model = {}, job_id = {};
  std::optional<std::int64_t> from_us = {}, before_us = {};  // of created_us: from <= t < before
  std::optional<bool> removed = {};                          // whether its file is gone
};
struct VideoFilter {
  std::string user_id = {}, project_id = {}, group_id = {};
  std::string resolution = {}, format = {}, codec = {};      // as measured: "1920x1080", "mp4", "h264"
  std::optional<std::int64_t> from_us = {}, before_us = {};  // of created_us: from <= t < before
};

// What a worker found in a file.
struct Measured {
  std::string asset_id;
  int width = 0, height = 0;                     // of a picture
  std::optional<std::int64_t> duration_us = {};  // of what is heard or moves
};

// Assets and finished films. Errors: invalid_request for an unknown sort or a cursor of another list.
class Media {
 public:
  explicit Media(Database& database) : database_(database) {}

  // Replaces nothing that is known already.
  Result<void> set_measured(const std::vector<Measured>& assets);
  // Removes an asset that came for somebody who is gone, unless somebody else uses it or it is stock.
  Result<void> drop_unused_asset(const std::string& asset_id);
  Result<Page<Asset>> assets(const AssetFilter& filter, const PageRequest& page);  // sorts: size, model
  Result<std::int64_t> count_assets(const AssetFilter& filter);
  Result<Asset> find_asset(const std::string& id_or_sha256);  // not_found
  Result<Page<Video>> videos(const VideoFilter& filter,
                             const PageRequest& page);  // sorts: title, duration, size
  Result<std::int64_t> count_videos(const VideoFilter& filter);

 private:
  Database& database_;
};

struct CleanupPolicy {
  std::optional<std::int64_t> max_age_days = {}, max_size_mb = {};  // at least 1; nullopt: no limit
  bool preserve_completed_videos = true;
};

struct AccessPermissions {
  bool public_read = false, authenticated_read = true, admin_write = true;
};

struct StorageRecord {
  std::string id;
  std::string type;       // VIDEOS, IMAGES, AUDIO, TEMP, STOCK
  std::string directory;  // inside the data directory
  // Kept with every record of a file that comes or goes; of TEMP these are the kept segments, and the folders
  // of jobs, which change while they are at work, come on top.
  std::int64_t total_size_bytes = 0, file_count = 0;
  std::optional<std::int64_t> last_cleanup_us;
  CleanupPolicy policy;
  AccessPermissions permissions;
};

class MediaStorage {
 public:
  explicit MediaStorage(Database& database) : database_(database) {}

  Result<std::vector<StorageRecord>> list();
  Result<StorageRecord> find(const std::string& type);  // not_found
  // invalid_request for a limit below 1.
  Result<StorageRecord> set_policy(const std::string& type, const CleanupPolicy& policy);
  Result<StorageRecord> set_permissions(const std::string& type, const AccessPermissions& permissions);
  Result<void> cleaned_up(const std::string& type);  // now

  // Calls `remove` with files, relative to the data directory, whose assets are gone from the records,
  // `limit` at most, the longest waiting first; those it says true of are forgotten. Nothing is recorded
  // meanwhile, so none of them becomes an asset again under its hands. Gives how many were forgotten.
  Result<int> sweep(int limit, const std::function<bool(const std::string& file)>& remove);

 private:
  Database& database_;
};

}  // namespace reeld::storage
