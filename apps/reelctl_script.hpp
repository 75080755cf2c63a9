// reelctl script: its options, the brief that they make, and what a person hears of the script.
#pragma once

#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/result.hpp"

namespace reeld {

struct ScriptOptions {
  std::string subject;  // the text, "-" or "@FILE"; with `topic` what to write about
  bool topic = false;
  std::string pictures, provider, picture_provider, speech_provider, voice;
  std::string title, tone, platform, category, language, framework;
  double length = 0;  // seconds; 0: not said
  int passes = 0;
};

void add_script_options(CLI::App& verb, ScriptOptions& options);

// Reads the text where it stands elsewhere; folders become absolute, since the daemon has one of its own.
// Errors: file_missing, file_unreadable.
Result<nlohmann::json> brief_of(const ScriptOptions& options);

// Lines on where it came from, how long it is, and what there is to know.
std::string script_report(const nlohmann::json& script);

}  // namespace reeld
