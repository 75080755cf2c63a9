// The record of everything: how much there is, and a copy of it.
#include <cstdint>
#include <memory>
#include <string>

#include "apps/reelctl/commands.hpp"

namespace reeld::reelctl {
namespace {

int run_stats(const Console& console) {
  return console.answer(console.client.call("stats", Json::object()),
                        [](const Json& r) { return r.dump(2) + "\n"; });
}

int run_backup(const Console& console, const std::string& out) {
  return console.answer(until_done(console, "backup", {{"target", absolute(out)}}), [](const Json& r) {
    return r.at("target").get<std::string>() + ": " + std::to_string(r.at("bytes").get<std::int64_t>()) +
           " bytes, " + std::to_string(r.at("rows").get<std::int64_t>()) + " rows, verified\n";
  });
}

}  // namespace

void add_record_commands(CommandLine& line) {
  line.add(line.root(), "stats", "counts of jobs, assets and films", run_stats);

  const auto out = std::make_shared<std::string>();
  line.add(line.root(), "backup",
           "copy the record of everything while the daemon goes on, and verify the copy",
           [out](const Console& console) { return run_backup(console, *out); })
      .add_option("-o,--output", *out, "the copy, on the daemon's machine; not there yet")
      ->required();
}

}  // namespace reeld::reelctl
