// How quick the records are when there are very many: submitting durably, first and next pages of lists,
// events, reading beside writing; and beside them what the disk alone takes.
#pragma once

#include <atomic>
#include <filesystem>

#include "base/result.hpp"
#include "bench/reelbench/records_fill.hpp"
#include "bench/reelbench/report.hpp"

namespace reeld::bench {

struct RecordsBench {
  Filling filling;
  std::filesystem::path keep;  // the database, made where it is not there; empty: a temporary one
  int submits = 2000;          // of one client, and of eight at once together
  int pages = 60;              // of each list
};

// The report; progress goes to standard error. Errors: those of storage::Database; cancelled.
Result<Json> run_records_bench(const RecordsBench& bench, const std::atomic<bool>& cancelled);

// A report in words.
std::string records_table(const Json& report);

}  // namespace reeld::bench
