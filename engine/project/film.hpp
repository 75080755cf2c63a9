// From the scenes of a project, or from a list of assets, to a request that can be rendered.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/request.hpp"
#include "engine/script/style.hpp"
#include "providers/provider.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

// What there is of a scene.
struct FilmScene {
  std::string text;                        // what is said, or stands over the picture where nobody speaks
  std::string picture_prompt;              // empty: the text
  std::string mood;                        // of docs/script.md; others have no motion of their own
  std::optional<double> duration_seconds;  // where nobody speaks
  std::string picture, speech;             // assets, by id or SHA-256; empty: to be made
};

struct FilmSource {
  std::string title;
  std::string platform, language;  // of docs/script.md, BCP 47; empty: generic, the voice's own
  // What pictures and speech begin with where neither an asset nor an option says it; null: nothing does.
  Json picture, speech;
  std::string why_no_picture;  // ", for ...", where there might have been one
  bool captions = true;
  std::vector<FilmScene> scenes;
};

struct Film {
  Json request;
  Json warnings = Json::array();  // [{"message", "path"}]
};

// `options` are those of docs/protocol/projects.md. Errors: invalid_request and unknown_field with the
// option's path ("/options/output/crf"), invalid_state for a scene that there is no picture for
// ("/scenes/2/picture"). Pure.
Result<Film> film_of(const FilmSource& source, const Json& options);

// Whether the assets that a request names are there, of their types and with their files: the errors of
// kept_asset.
Result<void> check_assets(storage::Database& database, const std::filesystem::path& data_dir,
                          const Json& request);

}  // namespace reeld::engine
