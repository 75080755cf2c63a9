#include "apps/reelctl/film_options.hpp"

#include "apps/reelctl/brief_options.hpp"

namespace reeld::reelctl {

void add_film_options(CLI::App& command, FilmOptions& options) {
  command.add_option(
      "--options", options.file,
      "all options as JSON: output, picture, speech, motion, transition, captions, music, ...");
  auto* folder = command.add_option("--pictures", options.pictures,
                                    "a folder of pictures, for scenes that have none of their own");
  command.add_option("--picture-provider", options.picture_provider, "who makes such pictures")
      ->excludes(folder);
  command.add_option("--speech-provider", options.speech_provider, "who speaks where there is no speech yet");
  command.add_option("--voice", options.voice, "the speech provider's voice");
  command.add_option("--music", options.music, "a sound file for the background");
  command.add_option("--aspect", options.aspect, "16:9, 9:16, 1:1 or 4:5; default the platform's");
  command.add_flag("--no-captions", options.no_captions, "without what is said over the picture");
}

Result<Json> film_options_of(const FilmOptions& options) {
  Json film = Json::object();
  if (!options.file.empty()) {
    REELD_ASSIGN(film, read_request(options.file));
  }
  if (!film.is_object()) return Error{Code::invalid_request, options.file + " is no JSON object"};
  if (!options.pictures.empty()) {
    REELD_ASSIGN(const std::string folder, folder_of(options.pictures));
    film["picture"] = {{"folder", folder}};
  }
  Json given = Json::object();
  if (!options.picture_provider.empty()) given["picture"]["provider"] = options.picture_provider;
  if (!options.speech_provider.empty()) given["speech"]["provider"] = options.speech_provider;
  if (!options.voice.empty()) given["speech"]["voice"] = options.voice;
  if (!options.music.empty()) given["music"]["file"] = absolute(options.music);
  if (!options.aspect.empty()) given["output"]["aspect"] = options.aspect;
  if (options.no_captions) given["captions"] = false;
  film.merge_patch(given);
  return film;
}

}  // namespace reeld::reelctl
