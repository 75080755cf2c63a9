// What a script is to be made of, as options: of every command that has one written.
#pragma once

#include <string>

#include "apps/reelctl/console.hpp"

#include <CLI/CLI.hpp>

namespace reeld::reelctl {

struct BriefOptions {
  std::string subject;  // the text, "-" or "@FILE"; with `topic` what to write about
  bool topic = false;
  std::string pictures, provider, picture_provider, speech_provider, voice;
  std::string title, tone, platform, category, language, framework;
  double length = 0;  // seconds; 0: not said
  int passes = 0;
};

void add_brief_options(CLI::App& command, BriefOptions& options);

// Reads the text where it stands elsewhere; folders become absolute, since the daemon has one of its own.
// Errors: file_missing, file_unreadable.
Result<Json> brief_of(const BriefOptions& options);

// A folder of pictures, absolute. Errors: file_missing.
Result<std::string> folder_of(const std::string& pictures);

}  // namespace reeld::reelctl
