// reelctl's commands: their names, their options, and which of them was given.
#pragma once

#include <functional>
#include <map>
#include <string>

#include <CLI/CLI.hpp>

#include "apps/reelctl/console.hpp"

namespace reeld::reelctl {

class CommandLine {
 public:
  // Does the work once all is parsed and the daemon answers; the exit status. What it needs to know outlives
  // the adding, so a command's options are shared by its parser and its run.
  using Run = std::function<int(Console&)>;

  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // Parses; the parent of plain commands, and the place of options that all commands have.
  CLI::App& root() { return root_; }

  // Adds `name` below `parent`: root(), another command, or a group such as root().add_subcommand("project",
  // HELP), which only has commands below it and is not complete without one. The caller adds the options.
  CLI::App& add(CLI::App& parent, const std::string& name, const std::string& help, Run run);

  // The command that was given; after root() has parsed.
  const Run& chosen() const;

 private:
  CLI::App root_;
  std::map<const CLI::App*, Run> runs_;
};

}  // namespace reeld::reelctl
