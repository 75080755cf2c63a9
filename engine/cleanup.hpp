// Removes files as the storage's policies say (max_age_days, max_size_mb, preserve_completed_videos), and
// those whose records are gone. What an unfinished job or a project's take needs always stays.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/job_progress.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

struct CleanedFile {
  std::string storage_type;  // VIDEOS, IMAGES, AUDIO, TEMP, STOCK
  std::string file;          // relative to the data directory; of a film its absolute path
  std::int64_t size_bytes = 0;
  std::string why;  // "older than 30 days", ...
};

// At most so many files of a storage type in one run; the next goes on.
inline constexpr int kMostCleanedAtOnce = 10'000;

// Removes, or with `dry_run` only says, what the policies say at the moment `now_us`. Errors: those of the
// database; a file that cannot be removed stays listed for the next run.
Result<std::vector<CleanedFile>> clean_up(storage::Database& database, const std::filesystem::path& data_dir,
                                          std::int64_t now_us, bool dry_run, const std::atomic<bool>& stop);

// {"files": [...], "file_count", "size_bytes", "dry_run"}; the files at most 1000.
Json to_json(const std::vector<CleanedFile>& files, bool dry_run);

// Removes the files whose assets are gone from the records; those that were just made wait, since their
// assets may be recorded in a moment. Gives them.
Result<std::vector<CleanedFile>> sweep_files(storage::Database& database,
                                             const std::filesystem::path& data_dir);

}  // namespace reeld::engine
