// Makes the report on a job's film: gathers its records, has a worker cut out frames and small pictures, and
// writes the page. In a thread of the background's.
#pragma once

#include <atomic>
#include <filesystem>

#include "engine/executor.hpp"
#include "engine/score/job_metrics.hpp"

namespace reeld::engine {

struct ReportWish {
  std::filesystem::path data_dir;
  std::filesystem::path scratch;  // made for this and removed after
  std::filesystem::path target;   // absolute; replaced where it is there
};

// {"size_bytes", "frames", "scenes"}: how many pictures the page has of each. A film that is gone, or cannot
// be read, is told in the page. Errors: target_unwritable, disk_full, cancelled, and those of Database.
Result<Json> make_report(storage::Database& database, Executor& executor, const JobMetrics& metrics,
                         const ReportWish& wish, const std::atomic<bool>& stop, std::atomic<double>& done);

}  // namespace reeld::engine
