// A film of pictures that are in the record.
#include <memory>
#include <string>
#include <vector>

#include "apps/reelctl/commands.hpp"
#include "apps/reelctl/film_options.hpp"
#include "apps/reelctl/progress.hpp"
#include "apps/reelctl/words.hpp"

namespace reeld::reelctl {
namespace {

struct Options {
  FilmOptions film;
  std::vector<std::string> pictures;
  std::string scenes, out, title, project, user, key;
  double seconds = 0;
};

// The pictures by themselves, then the scenes of the file.
Result<Json> scenes_of(const Options& options) {
  Json scenes = Json::array();
  for (const std::string& picture : options.pictures) {
    Json scene = {{"picture", picture}};
    if (options.seconds > 0) scene["duration"] = options.seconds;
    scenes.push_back(std::move(scene));
  }
  if (options.scenes.empty()) return scenes;
  REELD_ASSIGN(const Json more, read_request(options.scenes));
  if (!more.is_array()) return Error{Code::invalid_request, options.scenes + " is no JSON list"};
  scenes.insert(scenes.end(), more.begin(), more.end());
  return scenes;
}

Result<Json> params_of(const Options& options) {
  Json params = {{"target", absolute(options.out)}, {"base_dir", base_of("-")}};
  REELD_ASSIGN(params["assets"], scenes_of(options));
  REELD_ASSIGN(params["options"], film_options_of(options.film));
  const auto put = [&](const char* name, const std::string& value) {
    if (!value.empty()) params[name] = value;
  };
  put("title", options.title);
  put("project", options.project);
  put("user", options.user);
  put("idempotency_key", options.key);
  return params;
}

int run(const Console& console, const Options& options) {
  const auto params = params_of(options);
  if (!params) return console.fail(params.error());
  const auto reply = console.client.call("video_from_assets", *params);
  if (!reply) return console.fail(reply.error());
  if (!console.json) print_warnings(reply->at("warnings"));
  return follow(console, reply->at("job").at("id").get<std::string>());
}

}  // namespace

void add_asset_film_commands(CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = line.add(line.root(), "from-assets", "render a film of pictures that are in the record",
                               [options](const Console& console) { return run(console, *options); });
  command.add_option("ASSET", options->pictures, "pictures, by id or SHA-256, in their order");
  command.add_option("--scenes", options->scenes,
                     "more scenes as a JSON list of maps: picture, speech, text, duration");
  command.add_option("--seconds", options->seconds, "how long each ASSET is shown")
      ->check(CLI::PositiveNumber);
  command.add_option("-o,--output", options->out, "the finished film")->required();
  command.add_option("--title", options->title, "the film's title");
  command.add_option("--project", options->project, "the project whose film it is");
  command.add_option("--user", options->user, "whose film it is");
  command.add_option("--key", options->key, "idempotency key: asked again, the first one's job is given");
  add_film_options(command, options->film);
}

}  // namespace reeld::reelctl
