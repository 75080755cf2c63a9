// Whether the records and the files on disk are true of each other; and mending what can be mended.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/job_progress.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

struct Finding {
  // database: what SQLite finds wrong, with the page; nothing else is looked at then; restore a backup.
  // missing_file, wrong_size, wrong_content: of an asset; mended by giving it up, so that it is made anew
  // when it is wanted. Of the copies that brands and products keep only a size is mended. orphan_file,
  // orphan_folder: without a record; mended by removing it. missing_film: moved or removed by its user; not
  // mended. storage_sum: the sizes kept of a storage type; mended by counting anew.
  std::string kind;
  std::string place;   // a path as the record has it, or a table
  std::string detail;  // one sentence
  bool mended = false;
};

struct FsckOptions {
  bool mend = false;
  bool deep = false;  // also reads every asset and compares its hash
};

// Assets of unfinished jobs are looked at too, and given up only where their file is no good. Files younger
// than an hour are passed over: their records may be made in a moment. Errors: those of the database.
Result<std::vector<Finding>> check_files(storage::Database& database, const std::filesystem::path& data_dir,
                                         const FsckOptions& options, const std::atomic<bool>& stop);

// {"findings": [...] (1000 at most), "finding_count", "mended_count"}
Json to_json(const std::vector<Finding>& findings);

}  // namespace reeld::engine
