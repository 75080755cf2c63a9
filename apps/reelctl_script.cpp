#include "apps/reelctl_script.hpp"

#include <cmath>
#include <filesystem>
#include <iostream>
#include <iterator>

#include "engine/files.hpp"

namespace reeld {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

Result<std::string> words_of(const std::string& subject) {
  if (subject == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  if (subject.starts_with("@")) return engine::read_text(subject.substr(1));
  return subject;
}

}  // namespace

void add_script_options(CLI::App& verb, ScriptOptions& options) {
  verb.add_option("TEXT", options.subject, "what is said; - reads standard input, @FILE a file")->required();
  verb.add_flag("--topic", options.topic, "TEXT is what to write about; needs --provider");
  auto* folder = verb.add_option("--pictures", options.pictures, "a folder of pictures to choose from");
  verb.add_option("--picture-provider", options.picture_provider, "who makes the pictures")->excludes(folder);
  verb.add_option("--provider", options.provider, "who writes; none: rules split the text");
  verb.add_option("--speech-provider", options.speech_provider, "who speaks; default espeak-ng");
  verb.add_option("--voice", options.voice, "the speech provider's voice");
  verb.add_option("--title", options.title, "the film's title");
  verb.add_option("--tone", options.tone, "friendly, dramatic, ...");
  verb.add_option("--platform", options.platform, "youtube, tiktok, ...: decides format and pace");
  verb.add_option("--category", options.category, "travel, product, ...");
  verb.add_option("--language", options.language, "a tag such as en or de-AT; default en");
  verb.add_option("--length", options.length, "the film's length in seconds")->check(CLI::PositiveNumber);
  verb.add_option("--framework", options.framework, "none, pas, bab or aida");
  verb.add_option("--passes", options.passes, "rounds of critic and revision")->check(CLI::NonNegativeNumber);
}

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

}  // namespace reeld
