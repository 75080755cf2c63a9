// Coded segments that are kept for films to come: data_dir/segments/ab/KEY.mp4, with a row each
// (storage/reuse.hpp). A job that takes one gets a link of its own, so what is removed here is never missed
// there. Reads bytes, never decodes them. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "storage/reuse.hpp"

namespace reeld::engine {

// A file of a job, and the key of what it holds. frames is 0 of a sound track.
struct KeyedFile {
  std::string key;
  std::filesystem::path file;
  std::int64_t frames = 0;
};

class SegmentCache {
 public:
  // `limit_bytes` 0: nothing is kept.
  SegmentCache(storage::Database& database, std::filesystem::path data_dir, std::int64_t limit_bytes);

  // Removes files that no row knows, which a killed daemon may have left, and what is over the limit.
  Result<void> tidy();

  // Puts what is kept under the files' keys at the files' places, and says which. What is not the very bytes
  // that were kept is forgotten, and counts as not there.
  Result<std::vector<bool>> take(const std::vector<KeyedFile>& files);

  // Keeps the files, which stay where they are, and removes the longest unused over the limit. A file larger
  // than the limit is not kept.
  Result<void> keep(const std::vector<KeyedFile>& files);

 private:
  std::filesystem::path path_of(const std::string& key) const;
  bool take_one(const storage::SegmentRecord& kept, const std::filesystem::path& to) const;
  Result<void> forget(const std::vector<std::string>& keys);
  Result<void> trim();

  storage::Segments segments_;
  const std::filesystem::path folder_;
  const std::int64_t limit_bytes_;
  std::mutex mutex_;  // between files and their rows
};

}  // namespace reeld::engine
