// The pictures and the voice of the standard jobs.
#pragma once

#include <filesystem>

#include "base/result.hpp"

namespace reeld::bench {

// Where they are kept when no folder is named: in the build folder.
std::filesystem::path default_inputs();

// Makes them by bench/make_inputs.py where they are not there yet. Errors: provider_failed, with what it
// wrote; provider_unavailable (no /usr/bin/python3).
Result<void> make_inputs(const std::filesystem::path& folder);

}  // namespace reeld::bench
