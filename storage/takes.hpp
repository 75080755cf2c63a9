// Takes: the pictures, speeches and clips that were tried for a project's scenes, and which of them is the
// main one. Errors beside those of every method of Database: not_found for a take, project, scene or asset
// that is not there (a scene of another project is not there); invalid_request for a value that the schema
// refuses; invalid_state where the take's status does not allow it. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "storage/database.hpp"
#include "storage/listing.hpp"

namespace reeld::storage {

struct Take {
  std::string id, project_id;
  std::string scene_id;            // empty: of the whole project
  std::string type;                // IMAGE, AUDIO, VIDEO_CLIP
  std::string status = "pending";  // pending -> ready or failed; failed -> pending
  std::string asset_id;            // exactly where ready
  std::string provider;
  std::string model;                 // as asked; once ready the one that made it
  std::string prompt;                // the words of the picture or of the speech; may be empty
  std::string voice_id;              // of AUDIO, which always has both; '' is the provider's own voice
  std::optional<double> speed;       // 0.25..4
  bool is_main = false;              // one at most of a scene and type, and only a ready one
  Json params = Json::object();      // what is asked of the provider
  bool allow_fallback = false;       // another model may answer
  std::optional<double> budget_usd;  // what it may cost; nullopt: no limit of its own
  std::optional<Error> error;        // exactly where failed
  // Given by the database.
  bool model_fallback_occurred = false;
  Json warnings = Json::array();  // [{"message", "path"}]
  std::string file;               // the asset's, relative to the data directory; empty where not ready
  std::optional<std::int64_t> duration_us;  // the asset's
  std::int64_t created_us = 0, updated_us = 0;
};

// Empty fields do not restrict.
struct TakeFilter {
  std::string project_id = {}, scene_id = {}, type = {}, status = {}, provider = {}, model = {};
  std::optional<bool> is_main = {};
};

class Takes {
 public:
  explicit Takes(Database& database) : database_(database) {}

  // Pending, whatever its status says. Gives it its id and times.
  Result<Take> begin(const Take& take);
  Result<std::vector<Take>> begin_all(const std::vector<Take>& takes);  // all or nothing, in their order
  // Of AUDIO and VIDEO_CLIP `duration_us` is needed and becomes the asset's. The first ready take of its
  // scene and type becomes the main one.
  Result<Take> finish(const std::string& id, const std::string& asset_id,
                      std::optional<std::int64_t> duration_us = std::nullopt);
  Result<Take> fail(const std::string& id, const Error& error);
  // Another model than the one asked for made it. invalid_request where the take does not allow it.
  Result<void> set_fallback(const std::string& id, const Json& warning);
  Result<Take> retry(const std::string& id);  // a failed one is pending again
  Result<Take> choose_main(const std::string& id);
  Result<Take> find(const std::string& id);
  Result<Page<Take>> list(const TakeFilter& filter, const PageRequest& page);  // sorts: updated
  Result<std::int64_t> count(const TakeFilter& filter);
  // The scenes that have a pending or ready take of that type.
  Result<std::set<std::string>> scenes_with(const std::string& project_id, const std::string& type);
  Result<void> remove(const std::string& id);  // its asset too where nobody else uses it

 private:
  Database& database_;
};

}  // namespace reeld::storage
