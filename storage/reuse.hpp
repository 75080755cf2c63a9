// What films take from films before them: coded segments that are kept, how much each job took, and the
// versions that were made of a film. Errors beside those of every method of Database: not_found for a job
// that is not there. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"

namespace reeld::storage {

struct SegmentRecord {
  std::string key;     // SHA-256 of all that decides its bytes
  std::string sha256;  // of its bytes
  std::int64_t size_bytes = 0;
  std::int64_t frames = 0;  // 0 of a sound track
};

class Segments {
 public:
  explicit Segments(Database& database) : database_(database) {}

  // In the order of the keys; nullopt where nothing is kept.
  Result<std::vector<std::optional<SegmentRecord>>> find(const std::vector<std::string>& keys);
  Result<void> add(const std::vector<SegmentRecord>& segments);  // replaces what is kept under their keys
  Result<void> used(const std::vector<std::string>& keys);       // now
  Result<void> remove(const std::vector<std::string>& keys);
  // Those to remove so that what is left has at most `limit_bytes`: the longest unused first.
  Result<std::vector<SegmentRecord>> over(std::int64_t limit_bytes);
  Result<std::vector<std::string>> keys();  // of all

 private:
  Database& database_;
};

struct JobReuse {
  std::string program, fonts;                // that made its frames, as hashes; fonts: empty without texts
  std::int64_t assets = 0, asset_total = 0;  // pictures, speech and music
  std::int64_t frames = 0, frame_total = 0;
  std::int64_t segments = 0, segment_total = 0;
  bool sound = false;         // the sound track was there as a whole
  double saved_cost_usd = 0;  // what the making of its reused assets had cost
};

class Reuse {
 public:
  explicit Reuse(Database& database) : database_(database) {}

  // Replaces the job's earlier one. assets, asset_total and saved_cost_usd are counted from its assets.
  Result<void> set(const std::string& job_id, const JobReuse& reuse);
  Result<std::optional<JobReuse>> find(const std::string& job_id);  // nullopt before it has a plan

 private:
  Database& database_;
};

// A film and how far it is from the first one.
struct Version {
  Job job;
  int depth = 0;           // 0: the first
  std::string session_id;  // of the editing session that it came of; empty: it was made otherwise
};

// The first film of the job's line and all that came of it, each before its own versions, older ones first;
// `limit` at most.
Result<std::vector<Version>> versions_of(Database& database, const std::string& job_id, int limit);

}  // namespace reeld::storage
