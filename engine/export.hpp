// Lists written whole to a file: as JSON, an array with a row a line, or as CSV (RFC 4180).
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "engine/handlers.hpp"

namespace reeld::engine {

struct Export {
  std::string list;       // a method of the protocol that gives a list by page
  nlohmann::json params;  // of that method, without cursor and limit
  std::string format;     // json, csv
  std::filesystem::path target;
};

struct Exported {
  std::int64_t rows = 0, bytes = 0;
};

// Asks for page after page, so that rows which come meanwhile change nothing of those that were there. In CSV
// a column is a field of the first row, `id` first; null is empty, a map or a list is JSON. Errors: those of
// the list; target_unwritable where the target is there already or cannot be written; disk_full; cancelled.
Result<Exported> write_export(const Handler& list, const Export& wanted, const std::atomic<bool>& stop);

// A value as a field of CSV.
std::string csv_field(const nlohmann::json& value);

}  // namespace reeld::engine
