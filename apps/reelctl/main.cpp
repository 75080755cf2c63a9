// reelctl: reeld's command line. Exit status 0 only for success; --json gives one JSON value, or one a line
// while following.
#include <string>

#include "apps/reelctl/commands.hpp"
#include "base/version.hpp"
#include "ipc/client.hpp"
#include "ipc/endpoint.hpp"

namespace reeld::reelctl {
namespace {

// Enough for a busy daemon on a slow disk; following a job has no limit.
constexpr int kTimeoutMs = 10'000;
// A daemon that was started a moment ago is waited for.
constexpr int kStartUpMs = 3'000;

int run(int argc, char** argv) {
  CommandLine line;
  CLI::App& app = line.root();
  std::string endpoint;
  bool json = false;
  app.set_version_flag("--version", std::string("reelctl ") + kVersion);
  app.add_option("--endpoint", endpoint, "where reeld listens")->envname("REELD_ENDPOINT");
  app.add_flag("--json", json, "print JSON");
  for (const auto add_commands : kFamilies) add_commands(line);
  CLI11_PARSE(app, argc, argv);
  if (endpoint.empty()) endpoint = ipc::default_endpoint();
  if (const auto there = ipc::Client::connect(endpoint, kStartUpMs); !there) return fail(json, there.error());
  const auto client = ipc::Client::connect(endpoint, kTimeoutMs);
  if (!client) return fail(json, client.error());
  Console console{**client, json};
  return line.chosen()(console);
}

}  // namespace
}  // namespace reeld::reelctl

int main(int argc, char** argv) {
  return reeld::reelctl::run(argc, argv);
}
