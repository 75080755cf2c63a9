// A text or a topic becomes a request.
#include <cmath>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

#include "apps/reelctl/commands.hpp"
#include "engine/files.hpp"

namespace reeld::reelctl {
namespace {

namespace fs = std::filesystem;

struct ScriptOptions {
  std::string subject;  // the text, "-" or "@FILE"; with `topic` what to write about
  bool topic = false;
  std::string pictures, provider, picture_provider, speech_provider, voice;
  std::string title, tone, platform, category, language, framework;
  double length = 0;  // seconds; 0: not said
  int passes = 0;
  std::string out;
};

Result<std::string> words_of(const std::string& subject) {
  if (subject == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  if (subject.starts_with("@")) return engine::read_text(subject.substr(1));
  return subject;
}

// Reads the text where it stands elsewhere; folders become absolute, since the daemon has one of its own.
// Errors: file_missing, file_unreadable.
Result<Json> brief_of(const ScriptOptions& options) {
  Json brief = Json::object();
  REELD_ASSIGN(brief[options.topic ? "topic" : "text"], words_of(options.subject));
  const auto put = [](Json& target, const char* name, const std::string& value) {
    if (!value.empty()) target[name] = value;
  };
  put(brief, "title", options.title);
  put(brief, "tone", options.tone);
  put(brief, "platform", options.platform);
  put(brief, "category", options.category);
  put(brief, "language", options.language);
  put(brief, "framework", options.framework);
  if (options.length > 0) brief["target_seconds"] = options.length;
  if (options.passes > 0) brief["passes"] = options.passes;
  if (!options.provider.empty()) brief["writer"] = {{"provider", options.provider}};
  if (!options.picture_provider.empty()) brief["picture"] = {{"provider", options.picture_provider}};
  if (!options.pictures.empty()) {
    const fs::path folder = fs::absolute(options.pictures).lexically_normal();
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored))
      return Error{Code::file_missing, "there is no folder " + folder.string()};
    brief["picture"] = {{"folder", folder.string()}};
  }
  put(brief["speech"], "provider", options.speech_provider);
  put(brief["speech"], "voice", options.voice);
  if (brief["speech"].is_null()) brief.erase("speech");
  return brief;
}

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
  const auto brief = brief_of(options);
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
    std::cerr << script_report(made->at("script"));
  }
  return 0;
}

}  // namespace

void add_script_commands(CommandLine& line) {
  const auto shared = std::make_shared<ScriptOptions>();
  CLI::App& command =
      line.add(line.root(), "script", "make a request from a text or a topic, to be rendered or edited first",
               [shared](const Console& console) { return run_script(console, *shared); });
  ScriptOptions& options = *shared;
  command.add_option("TEXT", options.subject, "what is said; - reads standard input, @FILE a file")
      ->required();
  command.add_flag("--topic", options.topic, "TEXT is what to write about; needs --provider");
  auto* folder = command.add_option("--pictures", options.pictures, "a folder of pictures to choose from");
  command.add_option("--picture-provider", options.picture_provider, "who makes the pictures")
      ->excludes(folder);
  command.add_option("--provider", options.provider, "who writes; none: rules split the text");
  command.add_option("--speech-provider", options.speech_provider, "who speaks; default espeak-ng");
  command.add_option("--voice", options.voice, "the speech provider's voice");
  command.add_option("--title", options.title, "the film's title");
  command.add_option("--tone", options.tone, "friendly, dramatic, ...");
  command.add_option("--platform", options.platform, "youtube, tiktok, ...: decides format and pace");
  command.add_option("--category", options.category, "travel, product, ...");
  command.add_option("--language", options.language, "a tag such as en or de-AT; default en");
  command.add_option("--length", options.length, "the film's length in seconds")->check(CLI::PositiveNumber);
  command.add_option("--framework", options.framework, "none, pas, bab or aida");
  command.add_option("--passes", options.passes, "rounds of critic and revision")
      ->check(CLI::NonNegativeNumber);
  command.add_option("-o,--output", options.out, "the request's file; default standard output");
}

}  // namespace reeld::reelctl
