#include "engine/cleanup.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

#include "engine/files.hpp"
#include "engine/job_folder.hpp"
#include "engine/trash.hpp"
#include "storage/media.hpp"
#include "storage/retention.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using storage::Removable;
using storage::StorageRecord;

constexpr std::int64_t kDayUs = 24LL * 3600 * 1'000'000;
constexpr int kMostSwept = 500;
constexpr std::size_t kMostTold = 1000;
constexpr std::chrono::seconds kClocksDiffer{2};  // the file system's and ours
constexpr auto kJustMade = std::chrono::minutes(10);

// Why a file goes, one after the other from the least recently used on; empty: it stays.
class Judge {
 public:
  Judge(const storage::CleanupPolicy& policy, std::int64_t size_bytes, std::int64_t now_us)
      : policy_(policy), now_us_(now_us), size_(size_bytes) {}

  std::string verdict(std::int64_t last_used_us, std::int64_t size_bytes) {
    std::string why;
    if (policy_.max_age_days && last_used_us < now_us_ - *policy_.max_age_days * kDayUs) {
      why = "not used for " + std::to_string(*policy_.max_age_days) + " days";
    } else if (policy_.max_size_mb && size_ > *policy_.max_size_mb * 1'000'000) {
      why = "more than " + std::to_string(*policy_.max_size_mb) +
            " MB of its kind, and the least recently used";
    }
    if (!why.empty()) size_ -= size_bytes;
    return why;
  }

  bool has_limits() const { return policy_.max_age_days || policy_.max_size_mb; }

 private:
  const storage::CleanupPolicy policy_;
  const std::int64_t now_us_;
  std::int64_t size_;
};

Result<std::vector<CleanedFile>> clean_assets(storage::Retention& retention, const StorageRecord& record,
                                              Judge& judge, bool dry_run, const std::atomic<bool>& stop) {
  std::vector<CleanedFile> cleaned;
  if (!judge.has_limits()) return cleaned;
  REELD_ASSIGN(const auto candidates, retention.assets(record.type, kMostCleanedAtOnce));
  for (const Removable& asset : candidates) {
    if (stop) break;
    const std::string why = judge.verdict(asset.last_used_us, asset.size_bytes);
    if (why.empty()) break;  // what comes behind was used later
    bool free = true;
    if (!dry_run) {
      REELD_ASSIGN(free, retention.retire_asset(asset.id));
    }
    if (free) cleaned.push_back({record.type, asset.file, asset.size_bytes, why});
  }
  return cleaned;
}

// Whether it is still the file that was made: of its size, and not written since it was recorded.
bool is_ours(const Removable& film) {
  std::error_code error;
  const auto size = fs::file_size(film.file, error);
  if (error || static_cast<std::int64_t>(size) != film.size_bytes) return false;
  const auto written = fs::file_time_type::clock::to_sys(fs::last_write_time(film.file, error));
  const auto recorded =
      std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(film.last_used_us));
  return !error && written <= recorded + kClocksDiffer;
}

// A film lies where its user wanted it. It goes only where the policy says so, and only while it is the file
// that was made.
Result<std::vector<CleanedFile>> clean_films(storage::Retention& retention, const StorageRecord& record,
                                             Judge& judge, bool dry_run, const std::atomic<bool>& stop) {
  std::vector<CleanedFile> cleaned;
  if (record.policy.preserve_completed_videos || !judge.has_limits()) return cleaned;
  REELD_ASSIGN(const auto candidates, retention.films(kMostCleanedAtOnce));
  for (const Removable& film : candidates) {
    if (stop) break;
    const std::string why = judge.verdict(film.last_used_us, film.size_bytes);
    if (why.empty()) break;
    std::error_code error;
    const bool ours = is_ours(film);
    if (!dry_run) {
      if (ours && !fs::remove(film.file, error)) {
        spdlog::warn("film {} cannot be removed: {}", film.file, error.message());
        continue;
      }
      if (!film.thumbnail.empty()) fs::remove(film.thumbnail, error);
      REELD_TRY(retention.retire_film(film.id));
    }
    if (ours) cleaned.push_back({record.type, film.file, film.size_bytes, why});
  }
  return cleaned;
}

struct EndedFolder {
  fs::path path;
  std::int64_t ended_us = 0, size_bytes = 0;
};

// What jobs that are at their end left for a retry, the oldest end first; `all_bytes` is of the others too.
std::vector<EndedFolder> ended_folders(storage::Database& database, const fs::path& jobs,
                                       std::int64_t& all_bytes) {
  std::vector<EndedFolder> ended;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(jobs, error)) {
    const std::int64_t size = folder_size(entry.path());
    all_bytes += size;
    const auto job = database.find_job(entry.path().filename().string());
    if (job && storage::is_final(job->status)) {
      ended.push_back({entry.path(), job->completed_us.value_or(job->created_us), size});
    }
  }
  std::ranges::sort(ended, {}, &EndedFolder::ended_us);
  return ended;
}

// Kept segments have a limit of their own (segment_cache_mb).
std::vector<CleanedFile> clean_temp(storage::Database& database, const fs::path& data_dir,
                                    const StorageRecord& record, std::int64_t now_us, bool dry_run) {
  std::vector<CleanedFile> cleaned;
  std::int64_t bytes = 0;
  const auto folders = ended_folders(database, data_dir / "jobs", bytes);
  Judge judge(record.policy, bytes, now_us);
  for (const EndedFolder& folder : folders) {
    const std::string why = judge.verdict(folder.ended_us, folder.size_bytes);
    if (why.empty()) break;
    std::error_code error;
    if (!dry_run) fs::remove_all(folder.path, error);
    if (error) {
      spdlog::warn("{} cannot be removed: {}", folder.path.string(), error.message());
      continue;
    }
    cleaned.push_back({"TEMP", fs::relative(folder.path, data_dir, error).string(), folder.size_bytes, why});
  }
  return cleaned;
}

}  // namespace

Result<std::vector<CleanedFile>> sweep_files(storage::Database& database, const fs::path& data_dir) {
  std::vector<CleanedFile> swept;
  Trash trash(data_dir);
  const auto remove = [&](const std::string& file) {
    std::error_code error;
    const fs::path path = data_dir / file;
    const auto written = fs::last_write_time(path, error);
    if (error) return !fs::exists(path, error);
    if (fs::file_time_type::clock::now() - written < kJustMade) return false;
    const auto size = static_cast<std::int64_t>(fs::file_size(path, error));
    if (!trash.take(path)) return false;
    swept.push_back({"", file, size, "its record is gone"});
    return true;
  };
  REELD_TRY(storage::MediaStorage(database).sweep(kMostSwept, remove));
  return swept;
}

Result<std::vector<CleanedFile>> clean_up(storage::Database& database, const fs::path& data_dir,
                                          std::int64_t now_us, bool dry_run, const std::atomic<bool>& stop) {
  storage::Retention retention(database);
  storage::MediaStorage media(database);
  REELD_ASSIGN(const auto records, media.list());
  std::vector<CleanedFile> all;
  for (const StorageRecord& record : records) {
    if (stop) break;
    Result<std::vector<CleanedFile>> cleaned = std::vector<CleanedFile>();
    if (record.type == "TEMP") {
      cleaned = clean_temp(database, data_dir, record, now_us, dry_run);
    } else {
      Judge judge(record.policy, record.total_size_bytes, now_us);
      cleaned = clean_assets(retention, record, judge, dry_run, stop);
      if (cleaned && record.type == "VIDEOS") {
        REELD_ASSIGN(const auto films, clean_films(retention, record, judge, dry_run, stop));
        cleaned->insert(cleaned->end(), films.begin(), films.end());
      }
    }
    if (!cleaned) return cleaned.error();
    all.insert(all.end(), cleaned->begin(), cleaned->end());
    if (!dry_run) REELD_TRY(media.cleaned_up(record.type));
  }
  if (dry_run) return all;
  // What was given up now goes with the other files that nobody has a record of.
  for (bool more = true; more && !stop;) {
    REELD_ASSIGN(const auto swept, sweep_files(database, data_dir));
    more = static_cast<int>(swept.size()) == kMostSwept;
    for (const CleanedFile& file : swept) {
      const bool told = std::ranges::find(all, file.file, &CleanedFile::file) != all.end();
      if (!told) all.push_back(file);
    }
  }
  return all;
}

Json to_json(const std::vector<CleanedFile>& files, bool dry_run) {
  Json rows = Json::array();
  std::int64_t bytes = 0;
  for (const CleanedFile& file : files) {
    bytes += file.size_bytes;
    if (rows.size() == kMostTold) continue;
    rows.push_back({{"storage_type", file.storage_type.empty() ? Json(nullptr) : Json(file.storage_type)},
                    {"file", file.file},
                    {"size_bytes", file.size_bytes},
                    {"why", file.why}});
  }
  return {{"files", rows}, {"file_count", files.size()}, {"size_bytes", bytes}, {"dry_run", dry_run}};
}

}  // namespace reeld::engine
