// reelctl providers check NAME: has a provider checked, waits, and says what was found.
#pragma once

#include "apps/reelctl/command_line.hpp"

namespace reeld::reelctl {

// Adds `check` below the command `providers`.
void add_provider_check(CommandLine& line, CLI::App& providers);

}  // namespace reeld::reelctl
