// Which command is given: the registry alone, and what the program does without a daemon.
#include "apps/reelctl/command_line.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/apps/daemon.hpp"

namespace reeld::test {
namespace {

using reelctl::CommandLine;
using reelctl::Console;

// Commands that only tell who ran: plain, with one below it, and in a group.
struct Line : CommandLine {
  std::string ran;
  bool loud = false;

  Line() {
    root().add_flag("--loud", loud);
    add(root(), "list", "", run_as("list"));
    add(add(root(), "providers", "", run_as("providers")), "check", "", run_as("check"));
    CLI::App& project = *root().add_subcommand("project", "");
    add(project, "create", "", run_as("create"));
    add(project, "list", "", run_as("project list"));
  }

  Run run_as(const std::string& name) {
    return [this, name](Console&) {
      ran = name;
      return 0;
    };
  }

  std::string chosen_by(const std::string& words, Console& console) {
    root().parse(words);
    chosen()(console);
    return ran;
  }
};

TEST_CASE("no command, half a command and two commands are refused") {
  for (const char* words : {"", "project", "lst", "list providers", "project create list"}) {
    INFO(words);
    Line line;
    CHECK_THROWS_AS(line.root().parse(words), CLI::ParseError);
  }
}

TEST_CASE("the innermost command that is named runs") {
  const TemporaryFolder folder;
  Daemon daemon(folder.path());
  Console console{daemon.client(), false};
  CHECK(Line().chosen_by("list", console) == "list");
  CHECK(Line().chosen_by("providers", console) == "providers");
  CHECK(Line().chosen_by("providers check", console) == "check");
  CHECK(Line().chosen_by("project create", console) == "create");
  CHECK(Line().chosen_by("project list", console) == "project list");
}

TEST_CASE("the options of all commands stand before or after the command") {
  for (const char* words : {"--loud project list", "project --loud list", "project list --loud"}) {
    INFO(words);
    Line line;
    line.root().parse(words);
    CHECK(line.loud);
  }
}

TEST_CASE("reelctl points to its help where no command is known, and says that no daemon is there") {
  CHECK(run({program("reelctl")}).status != 0);
  const Ran unknown = run({program("reelctl"), "lst"});
  CHECK(unknown.status != 0);
  CHECK(unknown.errors.find("--help") != std::string::npos);

  const TemporaryFolder folder;
  const std::string nobody = "ipc://" + (folder.path() / "nobody.sock").string();
  const Ran words = run({program("reelctl"), "list", "--endpoint", nobody});
  CHECK(words.status == 1);
  CHECK(words.output.empty());
  CHECK(words.errors.starts_with("reelctl: "));
  const Ran json = run({program("reelctl"), "list", "--endpoint", nobody, "--json"});
  CHECK(json.status == 1);
  CHECK(json.errors.empty());
  CHECK(Json::parse(json.output)["error"]["code"] == "unreachable");
}

}  // namespace
}  // namespace reeld::test
