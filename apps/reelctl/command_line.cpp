#include "apps/reelctl/command_line.hpp"

#include <utility>

namespace reeld::reelctl {

CommandLine::CommandLine() : root_("reelctl talks to reeld, the local video rendering daemon") {
  root_.require_subcommand(1);
  // The options of all commands may stand after a command, too.
  root_.fallthrough();
}

CLI::App& CommandLine::add(CLI::App& parent, const std::string& name, const std::string& help, Run run) {
  for (CLI::App* group = &parent; group != nullptr && !runs_.contains(group); group = group->get_parent())
    group->require_subcommand(1);
  CLI::App& command = *parent.add_subcommand(name, help);
  runs_.emplace(&command, std::move(run));
  return command;
}

const CommandLine::Run& CommandLine::chosen() const {
  const CLI::App* command = &root_;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  return runs_.at(command);
}

}  // namespace reeld::reelctl
