// A text or a topic becomes a request.
#include <cmath>
#include <iostream>
#include <memory>
#include <string>

#include "apps/reelctl/brief_options.hpp"
#include "apps/reelctl/commands.hpp"
#include "engine/files.hpp"

namespace reeld::reelctl {
namespace {

struct ScriptOptions {
  BriefOptions brief;
  std::string out;
};

// Lines on where it came from, how long it is, and what there is to know.
std::string script_report(const Json& script) {
  double seconds = 0;
  for (const Json& scene : script.at("scenes")) seconds += scene.at("duration_seconds").get<double>();
  std::string report = "\"" + script.at("title").get<std::string>() + "\" by " +
                       script.at("origin").get<std::string>() + ": " +
                       std::to_string(script.at("scenes").size()) +
                       (script.at("scenes").size() == 1 ? " scene" : " scenes") + ", about " +
                       std::to_string(std::lround(seconds)) + " s";
  const Json& provenance = script.at("provenance");
  if (!provenance.is_null() && !provenance.at("cost_usd").is_null()) {
    report += ", for " + provenance.at("cost_usd").dump() + " USD";
  }
  report += "\n";
  for (const Json& warning : script.at("warnings")) report += "warning: " + warning.get<std::string>() + "\n";
  return report;
}

// The request goes where it is asked for, what there is to say of it to the person.
int run_script(const Console& console, const ScriptOptions& options) {
  const auto brief = brief_of(options.brief);
  if (!brief) return console.fail(brief.error());
  const auto made = console.client.script(*brief);
  if (!made) return console.fail(made.error());
  const std::string request = made->at("request").dump(2) + "\n";
  if (!options.out.empty()) {
    if (const auto written = engine::write_text(options.out, request); !written)
      return console.fail(written.error());
  }
  if (console.json) {
    std::cout << made->dump() << std::endl;
  } else {
    if (options.out.empty()) std::cout << request;
    std::cerr << script_report(made->at("script")) << "script " << made->at("id").get<std::string>() << "\n";
  }
  return 0;
}

}  // namespace

void add_script_commands(CommandLine& line) {
  const auto shared = std::make_shared<ScriptOptions>();
  CLI::App& command =
      line.add(line.root(), "script", "make a request from a text or a topic, to be rendered or edited first",
               [shared](const Console& console) { return run_script(console, *shared); });
  add_brief_options(command, shared->brief);
  command.add_option("-o,--output", shared->out, "the request's file; default standard output");
}

}  // namespace reeld::reelctl
