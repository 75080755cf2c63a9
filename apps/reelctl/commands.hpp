// Which families of commands there are: one file each, in the order of --help.
#pragma once

#include "apps/reelctl/command_line.hpp"

namespace reeld::reelctl {

void add_job_commands(CommandLine& line);
void add_script_commands(CommandLine& line);
void add_service_commands(CommandLine& line);
void add_record_commands(CommandLine& line);
void add_edit_commands(CommandLine& line);

inline constexpr void (*kFamilies[])(CommandLine&) = {
    add_job_commands, add_edit_commands, add_script_commands, add_service_commands, add_record_commands,
};

}  // namespace reeld::reelctl
