#include "apps/reelctl/brief_options.hpp"

#include <filesystem>
#include <iostream>
#include <iterator>

#include "engine/files.hpp"

namespace reeld::reelctl {
namespace {

Result<std::string> words_of(const std::string& subject) {
  if (subject == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  if (subject.starts_with("@")) return engine::read_text(subject.substr(1));
  return subject;
}

}  // namespace

void add_brief_options(CLI::App& command, BriefOptions& options) {
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
}

Result<Json> brief_of(const BriefOptions& options) {
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
    REELD_ASSIGN(const std::string folder, folder_of(options.pictures));
    brief["picture"] = {{"folder", folder}};
  }
  put(brief["speech"], "provider", options.speech_provider);
  put(brief["speech"], "voice", options.voice);
  if (brief["speech"].is_null()) brief.erase("speech");
  return brief;
}

Result<std::string> folder_of(const std::string& pictures) {
  const std::filesystem::path folder = std::filesystem::absolute(pictures).lexically_normal();
  std::error_code ignored;
  if (std::filesystem::is_directory(folder, ignored)) return folder.string();
  return Error{Code::file_missing, "there is no folder " + folder.string()};
}

}  // namespace reeld::reelctl
