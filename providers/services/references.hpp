// The pictures that are given beside a prompt, read for a service. Private to services/.
#pragma once

#include <string>
#include <vector>

#include "providers/wishes.hpp"

namespace reeld::providers {

struct ReferenceBytes {
  std::string media_type, bytes;
};

struct ReferenceLimits {
  std::size_t max_bytes_each = 0, max_bytes_all = 0;
  std::vector<std::string> media_types;  // that the service reads
};

// Without reading more than each file's beginning. Errors, with the path "/references/N": file_missing,
// file_unreadable, picture_invalid (none that the service reads, by its first bytes), limit_exceeded.
Result<void> check_references(const std::vector<Reference>& references, const ReferenceLimits& limits);

// The same, and reads them.
Result<std::vector<ReferenceBytes>> read_references(const std::vector<Reference>& references,
                                                    const ReferenceLimits& limits);

}  // namespace reeld::providers
