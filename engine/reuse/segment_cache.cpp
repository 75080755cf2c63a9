#include "engine/reuse/segment_cache.hpp"

#include <spdlog/spdlog.h>

#include <set>

#include "engine/asset_store.hpp"
#include "engine/files.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

// A second name of the same bytes, or a copy where the file system has no such thing.
bool link_or_copy(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  fs::remove(to, error);
  fs::create_hard_link(from, to, error);
  if (!error) return true;
  fs::copy_file(from, to, error);
  if (!error) return true;
  spdlog::warn("segment {} is not kept as {}: {}", from.string(), to.string(), error.message());
  fs::remove(to, error);
  return false;
}

}  // namespace

SegmentCache::SegmentCache(storage::Database& database, fs::path data_dir, std::int64_t limit_bytes)
    : segments_(database), folder_(std::move(data_dir) / "segments"), limit_bytes_(limit_bytes) {}

fs::path SegmentCache::path_of(const std::string& key) const {
  return folder_ / key.substr(0, 2) / (key + ".mp4");
}

Result<void> SegmentCache::tidy() {
  const std::lock_guard lock(mutex_);
  REELD_ASSIGN(const auto keys, segments_.keys());
  std::set<fs::path> known;
  for (const std::string& key : keys) known.insert(path_of(key));
  std::error_code error;
  std::vector<fs::path> strangers;
  for (fs::recursive_directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
    if (it->is_regular_file(error) && !known.contains(it->path())) strangers.push_back(it->path());
  }
  for (const fs::path& stranger : strangers) fs::remove(stranger, error);
  return trim();
}

Result<std::vector<bool>> SegmentCache::take(const std::vector<KeyedFile>& files) {
  const std::lock_guard lock(mutex_);
  std::vector<bool> taken(files.size(), false);
  std::vector<std::string> keys, used, broken;
  for (const KeyedFile& file : files) keys.push_back(file.key);
  REELD_ASSIGN(const auto kept, segments_.find(keys));
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!kept[i] || kept[i]->frames != files[i].frames) continue;
    taken[i] = take_one(*kept[i], files[i].file);
    (taken[i] ? used : broken).push_back(keys[i]);
  }
  if (!broken.empty()) REELD_TRY(forget(broken));
  if (!used.empty()) REELD_TRY(segments_.used(used));
  return taken;
}

bool SegmentCache::take_one(const storage::SegmentRecord& kept, const fs::path& to) const {
  const fs::path from = path_of(kept.key);
  const auto content = sha256_of_file(from);
  if (!content || *content != kept.sha256) {
    spdlog::warn("segment {} is rendered anew: {}", kept.key,
                 content ? "its file is not what was kept" : content.error().message);
    return false;
  }
  return link_or_copy(from, to);
}

Result<void> SegmentCache::keep(const std::vector<KeyedFile>& files) {
  const std::lock_guard lock(mutex_);
  std::vector<storage::SegmentRecord> rows;
  std::vector<std::string> keys;
  for (const KeyedFile& file : files) keys.push_back(file.key);
  REELD_ASSIGN(const auto kept, segments_.find(keys));
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (kept[i]) continue;
    const KeyedFile& file = files[i];
    std::error_code error;
    const auto size = static_cast<std::int64_t>(fs::file_size(file.file, error));
    if (error || size > limit_bytes_) continue;
    REELD_ASSIGN(const std::string content, sha256_of_file(file.file));
    if (link_or_copy(file.file, path_of(file.key))) rows.push_back({file.key, content, size, file.frames});
  }
  if (rows.empty()) return {};
  REELD_TRY(segments_.add(rows));
  return trim();
}

// The file first: a row without one is noticed when it is asked for, a file without a row only by tidy().
Result<void> SegmentCache::forget(const std::vector<std::string>& keys) {
  std::error_code ignored;
  for (const std::string& key : keys) fs::remove(path_of(key), ignored);
  return segments_.remove(keys);
}

Result<void> SegmentCache::trim() {
  REELD_ASSIGN(const auto over, segments_.over(limit_bytes_));
  std::vector<std::string> keys;
  for (const storage::SegmentRecord& segment : over) keys.push_back(segment.key);
  return keys.empty() ? Result<void>() : forget(keys);
}

}  // namespace reeld::engine
