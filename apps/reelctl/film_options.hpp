// How a project's film is to be made, as options.
#pragma once

#include <string>

#include "apps/reelctl/console.hpp"

#include <CLI/CLI.hpp>

namespace reeld::reelctl {

struct FilmOptions {
  std::string file;  // all options as JSON; empty: none
  std::string pictures, picture_provider, speech_provider, voice, music, aspect;
  bool no_captions = false;
};

void add_film_options(CLI::App& command, FilmOptions& options);

// The options of docs/protocol/projects.md: those of the file, with what else is given put over them. Errors:
// file_missing, file_unreadable, invalid_request.
Result<Json> film_options_of(const FilmOptions& options);

}  // namespace reeld::reelctl
