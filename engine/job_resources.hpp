// What a job took, all its attempts together, into its record. In a job's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "engine/job_folder.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

// What there is of a film once it is whole.
struct WholeFilm {
  std::int64_t frame_count = 0;
  double frames_per_second = 0;  // of rendering
  std::int64_t bytes = 0;        // of the film and its poster
};

// began_us: when this run of the job began. film: nullopt where none was made. Errors: the database's, and
// those of reading the job's folder.
Result<void> record_resources(storage::Database& database, const std::string& job_id, const JobFolder& folder,
                              std::int64_t began_us, const std::optional<WholeFilm>& film);

}  // namespace reeld::engine
