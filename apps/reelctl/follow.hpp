// A job shown to its end.
#pragma once

#include <string>

#include "apps/reelctl/console.hpp"

namespace reeld::reelctl {

// Shows a job's events until it ends, then the finished job; the exit status, 0 only where it completed.
int follow(const Console& console, const std::string& job_id);

}  // namespace reeld::reelctl
