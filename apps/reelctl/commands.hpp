// Which families of commands there are: one file each, in the order of --help.
#pragma once

#include "apps/reelctl/command_line.hpp"

namespace reeld::reelctl {

void add_job_commands(CommandLine& line);
void add_group_commands(CommandLine& line);
void add_script_commands(CommandLine& line);
void add_service_commands(CommandLine& line);
void add_usage_commands(CommandLine& line);
void add_metrics_commands(CommandLine& line);
void add_take_commands(CommandLine& line);
void add_project_commands(CommandLine& line);
void add_scene_commands(CommandLine& line);
void add_asset_film_commands(CommandLine& line);
void add_record_commands(CommandLine& line);
void add_media_commands(CommandLine& line);
void add_user_commands(CommandLine& line);
void add_brand_commands(CommandLine& line);  // and pictures of products
void add_edit_commands(CommandLine& line);

inline constexpr void (*kFamilies[])(CommandLine&) = {
    add_job_commands,     add_edit_commands,  add_group_commands,      add_script_commands,
    add_service_commands, add_usage_commands, add_metrics_commands,    add_take_commands,
    add_project_commands, add_scene_commands, add_asset_film_commands, add_record_commands,
    add_media_commands,   add_user_commands,  add_brand_commands,
};

}  // namespace reeld::reelctl
