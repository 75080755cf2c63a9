// A list's filters as options: those that its method has.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "apps/reelctl/console.hpp"

namespace reeld::reelctl {

// An option for each parameter of the list method `method` that is no page's (paging.hpp): --status TEXT.
// What is given lands in `params`, which outlives the command.
void add_filter_options(CLI::App& command, const std::string& method, Json& params);

}  // namespace reeld::reelctl
